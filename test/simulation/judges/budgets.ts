import type { WorldMigration } from '@ballast/pve-simulator';
import type { Asked, Evidence } from './evidence.ts';
import type { Judge } from './judge.ts';

const HOUR = 3_600_000;

/** Migrations at once in the cluster, and to and from each node, at every instant. */
export const budgets: Judge = {
  looks: (evidence) => {
    const { scenario } = evidence.simulation;
    const ours = evidence.ours();
    // One that was asked for by a leader that slept meanwhile is not foreseen by its successor (docs/adr/0007).
    const late = evidence.asked.some(
      (asked) => (asked.request.late || outlasted(asked, evidence)) && ours.some((migration) => isOf(migration, asked)),
    );
    const spare = late ? 1 : 0;
    if (ours.length > scenario.concurrent + spare) return `${ours.length} migrations run at once`;
    for (const node of scenario.nodes) {
      const here = ours.filter(({ from, to }) => from === node || to === node);
      if (here.length > 1 + spare) return `${here.length} migrations run at once on ${node}`;
    }
    return undefined;
  },
};

/** Migrations an hour, by the clock of who asks. */
export const budgetsPerHour: Judge = {
  leaves: ({ at, request }, evidence) => {
    const { scenario } = evidence.simulation;
    const count = evidence.asked.filter((other) => other.at > at - HOUR).length + 1;
    if (count <= scenario.perHour || request.late) return undefined;
    return `${count} migrations are asked for within an hour`;
  },
};

function outlasted(asked: Asked, evidence: Evidence): boolean {
  return evidence.asked.some((other) => other.at > asked.at && evidence.outlastsDoubt(asked, other.by));
}

function isOf({ upid }: WorldMigration, asked: Asked): boolean {
  return upid === asked.upid || upid === asked.child;
}
