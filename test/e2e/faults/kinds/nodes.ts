import { MINUTE, SECOND } from '../rig.ts';
import type { FaultRun } from '../run.ts';
import { FIRST, NEXT, of, RUNNING, SOURCE, target } from './strike.ts';

const NODE = 'Bring the node back. Ballast needs nobody: it goes on with the nodes that answer.';
const PVESTATD = 'Start it again: `systemctl restart pvestatd` on the node.';

/** What happens to nodes, and to the cluster as a whole. */
export const NODES: readonly FaultRun[] = [
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the target node goes down',
      moment,
      strike: (rig) => rig.simulator.fail({ kind: 'node-down', node: target(rig) }),
      lasts: 2 * MINUTE,
      cure: NODE,
    }),
  ),
  {
    fault: 'the source node goes down',
    moment: RUNNING,
    strike: of({ kind: 'node-down', node: SOURCE }),
    lasts: 90 * SECOND,
    cure: `${NODE} A guest that stays locked (migrate) is freed by \`qm unlock\`.`,
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the source node hangs',
      moment,
      strike: of({ kind: 'node-hangs', node: SOURCE }),
      lasts: 2 * MINUTE,
      cure: NODE,
    }),
  ),
  {
    fault: 'the target node hangs',
    moment: NEXT,
    strike: (rig) => rig.simulator.fail({ kind: 'node-hangs', node: target(rig) }),
    lasts: 2 * MINUTE,
    cure: NODE,
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'quorum is lost',
      moment,
      strike: of({ kind: 'quorum-lost' }),
      lasts: 2 * MINUTE,
      cure: 'Bring the majority of the nodes back (`pvecm status`).',
    }),
  ),
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'pvestatd of the target stops',
      moment,
      strike: (rig) => rig.simulator.fail({ kind: 'stats-stale', node: target(rig) }),
      lasts: 3 * MINUTE,
      cure: PVESTATD,
    }),
  ),
  {
    fault: 'pvestatd of the target stops, long before the first step is due',
    moment: FIRST,
    strike: of({ kind: 'stats-stale', node: 'pve2' }),
    // The plan would be made while it lasts.
    options: { config: 'balance: { sustain: 6 }' },
    lasts: 4 * MINUTE,
    cure: PVESTATD,
  },
  ...[3_600_000, -3_600_000].map(
    (skew): FaultRun => ({
      fault: `the clock of the source is an hour ${skew > 0 ? 'ahead' : 'behind'}`,
      moment: FIRST,
      strike: of({ kind: 'clock-skew', node: SOURCE, skew }),
      lasts: 2 * MINUTE,
      cure: 'Mend the time on the node (`chronyc tracking`).',
    }),
  ),
  {
    fault: 'the clock of the source jumps an hour ahead',
    moment: RUNNING,
    strike: of({ kind: 'clock-skew', node: SOURCE, skew: 3_600_000 }),
    lasts: 2 * MINUTE,
    cure: 'Mend the time on the node (`chronyc tracking`).',
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the target goes into maintenance',
      moment,
      strike: (rig) => rig.simulator.fail({ kind: 'maintenance', node: target(rig) }),
      lasts: 2 * MINUTE,
      cure: 'Nothing: the node is emptied, as was asked for, and nothing is moved there until it is over.',
    }),
  ),
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the entry node that is asked goes down',
      moment,
      strike: of({ kind: 'entry-down', entry: 0 }),
      lasts: 2 * MINUTE,
      cure: 'Nothing where a second endpoint is named: Ballast goes on through it.',
    }),
  ),
];
