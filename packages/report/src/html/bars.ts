import { clamp, type Ratio, type ResourcePolicy } from '@ballast/core';
import { above } from '../limits.ts';
import { formatAgainst } from '../quantities.ts';
import { html, type Markup, NOTHING } from './markup.ts';

/** Utilization before and after, one bar above the other, with a line at `high`. */
export function loadBars(before: Ratio, after: Ratio, policy: ResourcePolicy): Markup {
  return html`${loadBar('before', before, policy)}
${loadBar('after', after, policy)}`;
}

function loadBar(when: 'before' | 'after', ratio: Ratio, policy: ResourcePolicy): Markup {
  const label = formatAgainst(ratio, policy.high);
  return html`<div class="load ${when}"><span>${when}</span>${bar(ratio, colourOf(ratio, policy), `${when}: ${label}`, policy.high)}<b>${label}</b></div>`;
}

/** A bar as wide as its place; drawn, not styled as a background, so that printers keep it. */
export function bar(ratio: Ratio, colour: string, label: string, limit?: Ratio): Markup {
  const line =
    limit === undefined
      ? NOTHING
      : html`<line class="limit" x1="${hundredths(limit)}" x2="${hundredths(limit)}" y1="0" y2="10"/>`;
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="fill ${colour}" width="${hundredths(ratio)}" height="10"/>${line}</svg>`;
}

function colourOf(ratio: Ratio, policy: ResourcePolicy): string {
  if (above(ratio, policy.high)) return 'hot';
  return above(ratio, policy.target) ? 'warm' : 'ok';
}

function hundredths(ratio: Ratio): string {
  return String(Number((clamp(Number.isFinite(ratio) ? ratio : 0, 0, 1) * 100).toFixed(2)));
}
