import type { GuestId, Milliseconds } from '@ballast/core';
import type { Judge } from './judge.ts';

/** With nothing going wrong, a migration takes less than this from its request to the round that knows its end. */
const SOON: Milliseconds = 90_000;

/** When nothing goes wrong any more and time has passed, all has come to an end, but for what has just begun. */
export const liveness: Judge = {
  ends: (evidence) => {
    const { simulation } = evidence;
    const { world } = simulation.cluster;
    const young = evidence.begunIn(SOON);
    const old = (begun: readonly { readonly guest: GuestId }[]): string =>
      begun.flatMap(({ guest }) => (young.has(guest) ? [] : [guest])).join(', ');
    const open = old(simulation.disk.history.moves.filter((move) => move.outcome === 'running'));
    if (open !== '') return `open in the history: ${open}`;
    const running = old(world.migrations);
    if (running !== '') return `still migrates: ${running}`;
    const leader = simulation.hosts.find((host) => host.operator !== undefined)?.operator;
    if (leader === undefined) return 'nobody leads';
    const { report } = leader;
    if (report?.failure !== undefined) return `rounds fail: ${report.failure.code} ${report.failure.message}`;
    const hot = world.nodes.filter(({ activity, cores }) => activity.granted / cores > 0.8).map(({ name }) => name);
    if (hot.length > 0 && report?.plan?.steps.length === 0 && report.plan.unresolved.length === 0) {
      return `${hot.join(', ')} is hot, and the plan does not say why`;
    }
    return undefined;
  },
};
