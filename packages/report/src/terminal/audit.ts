import { hasArrived, isOpen, type MoveRecord, type OrderRecord, type PlanRecord, type StepRecord } from '@ballast/core';
import { formatInstant } from '../quantities.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Colour, type Pen, penOf, type TextStyle } from '../text/style.ts';
import { stories } from './history.ts';

/** What was ordered, the newest first: a paragraph each. */
export function renderOrderLog(records: readonly OrderRecord[], style: TextStyle): string {
  const pen = penOf(style);
  if (records.length === 0) return 'No orders in the last 90 days.\n';
  const lines = records.toReversed().flatMap((record) => paragraph(pen.say(orderLine(record)), pen));
  return `${lines.join('\n')}\n`;
}

function orderLine({ at, by, kind, reason, until, nodes, plan, guests }: OrderRecord): string {
  const what = [
    kind,
    ...(nodes ?? []),
    ...(plan === undefined ? [] : [plan]),
    ...(guests ?? []).map((guest) => `guest ${guest}`),
    ...(until === undefined ? [] : [`until ${formatInstant(until)}`]),
  ];
  return `${formatInstant(at)} ${what.join(' ')} by ${by}${reason === undefined ? '' : ` (${reason})`}`;
}

/** A plan that was carried out: who let it be, each step with its reasons and what came of it, and its migrations in full. */
export function renderPlanRecord(
  plan: PlanRecord,
  { moves, orders }: { readonly moves: readonly MoveRecord[]; readonly orders: readonly OrderRecord[] },
  style: TextStyle,
): string {
  const pen = penOf(style);
  const approved = plan.approvedAt === undefined ? '' : `, approved ${formatInstant(plan.approvedAt)}`;
  const sections = [
    paragraph(
      pen.say(`Plan ${plan.id} by ${plan.by}${approved}, begun ${formatInstant(plan.beganAt)}`),
      pen,
      0,
      'bold',
    ),
    orders.flatMap((record) => paragraph(pen.say(orderLine(record)), pen, 2, 'dim')),
    ...plan.steps.map((step) => stepLines(step, pen)),
    moves.length === 0 ? [] : ['Migrations', ...stories(moves.map(withoutWhy), pen)],
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

/** The reasons stand with the steps already. */
function withoutWhy(move: MoveRecord): MoveRecord {
  const { why: _, ...rest } = move;
  return rest;
}

function stepLines({ guest, name, from, to, state, reason, why, detail }: StepRecord, pen: Pen): readonly string[] {
  const head = `${guest} ${name} ${pen.say(from)} ${pen.glyphs.arrow} ${pen.say(to)} ${state} (${reason})`;
  return [
    ...paragraph(head, pen, 0, colourOf(state)),
    ...(detail === undefined ? [] : paragraph(pen.say(detail), pen, 2)),
    ...why.flatMap((sentence) => paragraph(pen.say(sentence), pen, 2)),
  ];
}

function colourOf(state: StepRecord['state']): Colour {
  if (hasArrived(state)) return 'green';
  if (isOpen(state)) return 'cyan';
  return state === 'failed' ? 'red' : 'yellow';
}
