import type { Migration, ServiceWeights } from '@ballast/core';
import type { PlanReportInput } from '../plan/input.ts';
import { type NodeChange, outlinePlan, type PlanOutline } from '../plan/outline.ts';
import { closingOf, costOf, elseOf, gainOf, weightsSentence, whyOf } from '../plan/sentences.ts';
import { formatBytes, formatDuration, formatFactor, formatInstant, formatPercent } from '../quantities.ts';
import { bar, loadBars } from './bars.ts';
import { blockedSection } from './blocked.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { page } from './page.ts';

/** Broken rules with an item of their own. */
const MOST_BROKEN = 25;

/** A plan as one file for a browser or a printer. */
export function planHtml(input: PlanReportInput): string {
  const { plan } = input;
  const outline = outlinePlan(input);
  return page(`${input.cluster}: ${outline.summary}`, [
    heading(input, outline),
    section('Migrations', plan.steps.map(stepCard)),
    section('Nodes', outline.nodes.length === 0 ? [] : [nodeTable(outline.nodes, input)]),
    section(
      outline.unresolvedTitle,
      list(plan.unresolved.map(({ node, detail }) => html`<li><b>${node}</b>: ${detail}</li>`)),
    ),
    section('Stay broken', list(brokenItems(outline))),
    section('Blocked guests', blockedSection(outline)),
    section('Weights', (input.weights?.services ?? []).map(serviceTable)),
    section('Notes', list(closingOf(input).map((note) => html`<li>${note}</li>`))),
    html`<footer>Plan ${plan.id} · snapshot ${plan.snapshotId} · ${formatInstant(plan.decidedAt)} · written by Ballast. Nothing was changed by writing this report.</footer>`,
  ]);
}

function section(title: string, parts: readonly Markup[]): Markup {
  return parts.length === 0 ? NOTHING : html`<section><h2>${title}</h2>${parts}</section>`;
}

function list(items: readonly Markup[]): readonly Markup[] {
  return items.length === 0 ? [] : [html`<ul>${items}</ul>`];
}

function brokenItems({ broken }: PlanOutline): readonly Markup[] {
  const rest = broken.length - MOST_BROKEN;
  return [
    ...broken
      .slice(0, MOST_BROKEN)
      .map(
        ({ sentence, reasons }) => html`<li>${sentence}${list(reasons.map((reason) => html`<li>${reason}</li>`))}</li>`,
      ),
    ...(rest > 0 ? [html`<li>and ${rest} more</li>`] : []),
  ];
}

function heading(input: PlanReportInput, outline: PlanOutline): Markup {
  const { plan, mode, cluster } = input;
  const words = [`Cluster ${cluster}`, ...(mode === undefined ? [] : [`mode ${mode}`]), formatInstant(plan.decidedAt)];
  const figures = [
    figure(String(plan.steps.length), plan.steps.length === 1 ? 'migration' : 'migrations'),
    figure(formatBytes(outline.bytes), 'cross the network'),
    figure(formatDuration(outline.duration), 'one after the other'),
    figure(`${outline.hotBefore} → ${outline.hotAfter}`, 'hot nodes'),
    ...(plan.bound === undefined ? [] : [figure(String(plan.bound.moves), 'migrations are needed at least')]),
    ...(plan.bound === undefined || input.minimize !== 'bytes'
      ? []
      : [figure(formatBytes(plan.bound.bytes), 'of memory have to move at least')]),
    ...(plan.makespan === undefined ? [] : [figure(formatDuration(plan.makespan), 'wave by wave')]),
  ];
  return html`<header>
<p>${words.join(' · ')}</p>
<h1>${outline.summary}</h1>
${list(outline.hot.map((sentence) => html`<li>${sentence}</li>`))}
${outline.decision === 'migrate' ? html`<div class="figures">${figures}</div>` : NOTHING}
</header>`;
}

function figure(value: string, label: string): Markup {
  return html`<div class="figure"><b>${value}</b><span>${label}</span></div>`;
}

function stepCard(step: Migration, index: number): Markup {
  return html`<article class="card">
<h3><span class="order">${index + 1}.</span> ${step.guestName} <span class="tag">${step.kind} ${step.guest}</span> <span class="route">${step.from} → ${step.to}</span> <span class="tag">${step.mode}</span>${step.wave === undefined ? NOTHING : html` <span class="tag">wave ${step.wave}</span>`}</h3>
<dl><dt>why</dt><dd>${whyOf(step)}</dd><dt>gain</dt><dd>${gainOf(step)}</dd><dt>cost</dt><dd>${costOf(step.cost)}</dd>${elseOf(step) === '' ? NOTHING : html`<dt>else</dt><dd>${elseOf(step)}</dd>`}</dl>
</article>`;
}

function nodeTable(nodes: readonly NodeChange[], { policy }: PlanReportInput): Markup {
  const rows = nodes.map(
    ({ node, before, after }) => html`<tr><td class="name">${node}</td>
<td class="loads">${loadBars(before.utilization.cpu, after.utilization.cpu, policy.cpu)}</td>
<td class="loads">${loadBars(before.utilization.memory, after.utilization.memory, policy.memory)}</td>
<td class="number">${fromTo(before.guests, after.guests)}</td>
<td><span class="tag ${after.class}">${fromTo(before.class, after.class)}</span></td></tr>`,
  );
  return html`<div class="scroll"><table>
<thead><tr><th>node</th><th>CPU</th><th>memory</th><th class="number">guests</th><th>class</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
<p class="legend">The line in a bar stands at the threshold above which a node is hot: CPU ${formatPercent(policy.cpu.high)}, memory ${formatPercent(policy.memory.high)}.</p>`;
}

function fromTo(from: string | number, to: string | number): string {
  return from === to ? String(to) : `${from} → ${to}`;
}

function serviceTable(service: ServiceWeights): Markup {
  const rows = service.members.map(({ member, weight, state }) => {
    const label = state === 'drain' ? 'draining' : formatFactor(weight);
    return html`<tr><td class="name">${member.name}</td><td class="number">${member.guest}</td>
<td class="bar">${bar(state === 'drain' ? 0 : weight, 'weight', label)}</td><td class="number">${label}</td></tr>`;
  });
  const table = html`<div class="scroll"><table>
<thead><tr><th>member</th><th class="number">guest</th><th>weight</th><th class="number"></th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
  return html`<p>${weightsSentence(service)}</p>${rows.length === 0 ? NOTHING : table}`;
}
