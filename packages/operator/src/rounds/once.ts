import { compileRules } from '@ballast/config';
import {
  type ClusterSource,
  EMPTY_HISTORY,
  type History,
  type Instant,
  NO_ORDERS,
  type Orders,
  type Rule,
} from '@ballast/core';
import { remember } from '@ballast/planner';
import { nativeBalancerNote, openingNote, orderNotes } from '@ballast/report';
import { decideOnFacts } from '../decide/candidates.ts';
import type { Decided } from '../decide/decide.ts';
import { type Opening, openingAt } from '../execution/windows.ts';
import { withDrains } from '../orders/standing.ts';
import type { OperatorSettings } from './parts.ts';

export interface Look extends Decided {
  readonly history: History;
  readonly rules: readonly Rule[];
  /** Whether migrations may begin now. */
  readonly opening: Opening;
  /** What a person should know about this look: orders, the native balancer, rules that could not be applied. */
  readonly notes: readonly string[];
}

/**
 * One look at the cluster, as the command line takes it: observe, assess, decide, change nothing.
 * A single observation cannot tell how long a node has been hot: unless the history knows, now is enough.
 */
export async function lookOnce(input: {
  readonly source: Pick<ClusterSource, 'observe' | 'inspect'>;
  readonly settings: OperatorSettings;
  readonly history?: History;
  readonly orders?: Orders;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
}): Promise<Look> {
  const { source, signal } = input;
  const observed = await source.observe(signal === undefined ? {} : { signal });
  const snapshot = withDrains(observed, input.orders ?? NO_ORDERS);
  const balance = { ...input.settings.balance, sustain: 1, smoothing: 1 };
  const settings = { ...input.settings, balance };
  const history = remember(input.history ?? EMPTY_HISTORY, snapshot, balance);
  const compiled = compileRules(settings.rules, snapshot.guests, snapshot.nodes);
  const rules = [...snapshot.rules, ...compiled.rules];
  const decided = await decideOnFacts(
    { snapshot, history, settings, rules, now: input.now(), inFlight: [] },
    source,
    signal,
  );
  const balancer = nativeBalancerNote(snapshot, balance);
  const ordered = orderNotes(input.orders ?? NO_ORDERS, input.now());
  const opening = openingAt(settings.budgets, input.now());
  const shut = opening.open ? [] : [openingNote(opening)];
  const notes = [...ordered, ...shut, ...(balancer === undefined ? [] : [balancer.text]), ...compiled.problems];
  return { ...decided, history, rules, opening, notes };
}
