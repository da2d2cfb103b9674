import type { Judge } from './judge.ts';

/** When nothing goes wrong any more and time has passed, all has come to an end. */
export const liveness: Judge = {
  ends: ({ simulation }) => {
    const { world } = simulation.cluster;
    const open = simulation.disk.history.moves.filter((move) => move.outcome === 'running');
    if (open.length > 0) return `open in the history: ${open.map(({ guest }) => guest).join(', ')}`;
    if (world.migrations.length > 0) return `still migrates: ${world.migrations.map(({ guest }) => guest).join(', ')}`;
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
