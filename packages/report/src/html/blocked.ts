import type { PlanOutline } from '../plan/outline.ts';
import { html, type Markup } from './markup.ts';

/** Rows of one code; a cluster of thousands would else fill a book. */
const MOST_ROWS = 25;

/** Guests that may not move, by code, with the sentence of each. */
export function blockedSection({ blocked, namesAll }: Pick<PlanOutline, 'blocked' | 'namesAll'>): readonly Markup[] {
  if (blocked.length === 0) return [];
  const rows = blocked.map(({ code, guests }) => {
    const number = new Set(guests.map(({ guest }) => guest)).size;
    const items = guests
      .slice(0, namesAll ? Number.POSITIVE_INFINITY : MOST_ROWS)
      .map(({ name, guest, detail }) => html`<li><b>${name === '' ? 'guest' : name}</b> (${guest}): ${detail}</li>`);
    const rest = guests.length - items.length;
    const more = rest === 0 ? [] : [html`<li>and ${rest} more</li>`];
    return html`<tr><td class="name">${code}</td><td class="number">${number}</td><td><ul>${[...items, ...more]}</ul></td></tr>`;
  });
  return [
    html`<div class="scroll"><table>
<thead><tr><th>code</th><th class="number">guests</th><th>why</th></tr></thead>
<tbody>${rows}</tbody></table></div>`,
  ];
}
