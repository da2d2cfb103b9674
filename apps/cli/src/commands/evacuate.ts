import { type BalancePolicy, BallastError, type ClusterSnapshot, nearestNames } from '@ballast/core';
import { lookOnce } from '@ballast/operator';
import { type PlanFormat, renderPlan } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import { atOneLook, decideBy, type PlanWishes, policyFor } from '../recorded/decide.ts';
import { readRecorded } from '../recorded/read.ts';
import type { Recorded } from '../recorded/recorded.ts';
import type { Session } from '../session.ts';
import { leftBehind, stoppedNote, withReasons } from './evacuation.ts';

export interface EvacuateOptions extends Pick<PlanWishes, 'overcommit' | 'containers'> {
  readonly snapshot?: string;
  readonly output: PlanFormat;
}

/** A plan that takes every guest off the nodes, of a recorded cluster. It changes nothing. */
export function evacuateFile(io: Io, nodes: readonly string[], file: string, options: EvacuateOptions): number {
  const recorded = readRecorded(file);
  return print(io, recorded, policyFor(recorded.balance, options), nodes, options.output);
}

/** A plan that takes every guest off the nodes, of the cluster as it is now. It changes nothing. */
export async function evacuate(
  { config, wired, memory, clock }: Session,
  io: Io,
  nodes: readonly string[],
  { output }: EvacuateOptions,
): Promise<number> {
  const { source } = wired.cluster;
  // Seen as drained, so that the facts of their guests are read like those of any plan's.
  const observe: typeof source.observe = async (options) => withoutNodes(await source.observe(options), nodes);
  const inspect: typeof source.inspect = (guests, options) => source.inspect(guests, options);
  const balance = atOneLook(config.balance);
  const look = await lookOnce({
    source: { observe, inspect },
    settings: { ...config, balance },
    history: memory.history,
    now: () => clock.now(),
  });
  const { rules, history, assessment } = look;
  return print(io, { snapshot: assessment.snapshot, rules, history }, balance, nodes, output);
}

function print(
  io: Io,
  recorded: Omit<Recorded, 'balance'>,
  policy: BalancePolicy,
  nodes: readonly string[],
  output: PlanFormat,
): number {
  const snapshot = withoutNodes(recorded.snapshot, nodes);
  const decided = decideBy({ ...recorded, snapshot }, policy, { profile: 'evacuate' }, () => performance.now());
  const left = leftBehind(decided.plan, snapshot, nodes);
  const input = {
    ...decided,
    plan: withReasons(decided.plan, snapshot, left),
    evacuated: [...new Set(nodes)],
    notes: stoppedNote(left),
    cluster: snapshot.cluster,
  };
  io.stdout.write(renderPlan(input, output, styleOf(io.stdout, io.env)));
  return left.running.length > 0 ? 1 : 0;
}

/** The cluster with these nodes drained: they take no guests, and are to be emptied. */
function withoutNodes(snapshot: ClusterSnapshot, names: readonly string[]): ClusterSnapshot {
  const known = snapshot.nodes.map((node) => node.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearestNames(name, known);
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.length} nodes.`;
    throw new BallastError('node-unknown', `Expected a node of the cluster, got ${name}.`, { hint });
  }
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((node) =>
      names.includes(node.name) ? { ...node, maintenance: true, drained: true } : node,
    ),
  };
}
