import { changeGuest, DEFAULT_TOKEN, type Fault } from '@ballast/pve-simulator';
import { MINUTE, type Rig, SECOND } from './rig.ts';
import type { FaultRun, Moment } from './run.ts';

const FIRST: Moment = 'the first step is asked for';
const RUNNING: Moment = 'a migration runs';
const NEXT: Moment = 'the second step is due';

const SOURCE = 'pve1';
const MIGRATE = { method: 'POST', path: '/migrate' } as const;
/** More than any run asks for. */
const ALL = { times: 100_000 } as const;

/** A fault of the simulator's own. */
function of(fault: Fault): FaultRun['strike'] {
  return (rig) => rig.simulator.fail(fault);
}

/** The guest of the step that waits, and where it is to go. */
function waiting(rig: Rig): { readonly guest: number; readonly to: string } {
  const found = rig.life.operator.steps.find(({ state }) => state === 'waiting');
  if (found === undefined) throw new Error('no step waits');
  return found.step;
}

function onWaitingGuest(strike: (rig: Rig, guest: number) => (() => void) | undefined): FaultRun['strike'] {
  return (rig) => strike(rig, waiting(rig).guest);
}

function target(rig: Rig): string {
  const [migration] = rig.simulator.world.migrations;
  return migration?.to ?? waiting(rig).to;
}

const NODE = 'Bring the node back. Ballast needs nobody: it goes on with the nodes that answer.';
const NET = 'Look at pveproxy on the entry node and the network to it; name a second endpoint.';
const TASK = 'Read the task log of the migration in Proxmox VE. The guest is tried again after its rest.';
const LOST =
  'Nothing: the request is not sent again. Look at the task list of the cluster if it says that the outcome is unknown.';

/** What breaks a connection: on every request, and on the one that asks for a migration. */
const BROKEN = {
  cut: ['every answer is cut off half-way', 'the answer to a request for a migration is cut off half-way'],
  reset: ['every connection is reset', 'the connection is reset before a request for a migration takes effect'],
  garbage: ['every answer is garbage', 'a request for a migration is answered with garbage, and not carried out'],
  'lost-answer': ['every answer is lost', 'the answer to a request for a migration is lost after its effect'],
} as const;

/** Every fault, at each moment where it makes a difference. */
export const RUNS: readonly FaultRun[] = [
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
  {
    fault: 'every answer takes 4 s',
    moment: RUNNING,
    strike: of({ kind: 'slow', delay: 4000, ...ALL }),
    lasts: 2 * MINUTE,
    cure: NET,
  },
  {
    fault: 'every answer takes 25 s',
    moment: RUNNING,
    strike: of({ kind: 'slow', delay: 25_000, ...ALL }),
    lasts: 2 * MINUTE,
    cure: NET,
  },
  {
    fault: 'a request for a migration takes effect 25 s late',
    moment: FIRST,
    strike: of({ kind: 'slow', delay: 25_000, ...MIGRATE }),
    lasts: 2 * MINUTE,
    cure: LOST,
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'no request is answered',
      moment,
      strike: of({ kind: 'hang', ...ALL }),
      lasts: 2 * MINUTE,
      cure: NET,
    }),
  ),
  {
    fault: 'a request for a migration is never answered, nor carried out',
    moment: FIRST,
    strike: of({ kind: 'hang', ...MIGRATE }),
    lasts: 2 * MINUTE,
    cure: LOST,
  },
  ...(['cut', 'reset', 'garbage', 'lost-answer'] as const).flatMap((kind): FaultRun[] => [
    {
      fault: BROKEN[kind][0],
      moment: RUNNING,
      strike: of({ kind, ...ALL }),
      lasts: MINUTE,
      cure: NET,
    },
    {
      fault: BROKEN[kind][1],
      moment: FIRST,
      strike: of({ kind, ...MIGRATE }),
      lasts: MINUTE,
      cure: LOST,
    },
  ]),
  {
    fault: 'every answer is 500',
    moment: RUNNING,
    strike: of({ kind: 'status', status: 500, reason: 'internal error', ...ALL }),
    lasts: MINUTE,
    cure: NET,
  },
  {
    fault: 'a request for a migration is answered 500',
    moment: FIRST,
    strike: of({ kind: 'status', status: 500, reason: 'internal error', ...MIGRATE }),
    lasts: MINUTE,
    cure: TASK,
  },
  {
    fault: 'a request for a migration is answered 596',
    moment: FIRST,
    strike: of({ kind: 'status', status: 596, reason: 'Connection timed out', ...MIGRATE }),
    lasts: MINUTE,
    cure: LOST,
  },
  ...(['prepare', 'copy'] as const).map(
    (phase): FaultRun => ({
      fault: phase === 'prepare' ? 'the task fails before memory is sent' : 'the task fails while memory is sent',
      moment: FIRST,
      strike: of({ kind: 'migration-fails', phase, reason: 'storage is not available' }),
      lasts: 2 * MINUTE,
      cure: TASK,
    }),
  ),
  {
    fault: 'the task stalls, and somebody stops it',
    moment: FIRST,
    strike: (rig) => {
      const heal = rig.simulator.fail({ kind: 'migration-fails', manner: 'stall' });
      return () => {
        heal();
        stopFirst(rig);
      };
    },
    lasts: 6 * MINUTE,
    cure: 'Stop the task in Proxmox VE. Weights are pushed meanwhile; nothing else is begun.',
  },
  {
    fault: 'the task ends with warnings',
    moment: FIRST,
    strike: of({ kind: 'migration-fails', manner: 'warn', reason: 'a volume was left behind' }),
    lasts: 2 * MINUTE,
    cure: 'Read the task log of the migration in Proxmox VE.',
  },
  {
    fault: 'somebody stops the task',
    moment: RUNNING,
    strike: (rig) => {
      stopFirst(rig);
      return undefined;
    },
    lasts: MINUTE,
    cure: 'Nothing: the guest is left alone for its rest. Set `mode: advise` to stop all migrations.',
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'pvestatd of the target stops',
      moment,
      strike: (rig) => rig.simulator.fail({ kind: 'stats-stale', node: target(rig) }),
      lasts: 3 * MINUTE,
      cure: 'Start it again: `systemctl restart pvestatd` on the node.',
    }),
  ),
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
  {
    fault: 'a backup locks the guest of the step that waits',
    moment: NEXT,
    strike: onWaitingGuest((rig, guest) => rig.simulator.fail({ kind: 'guest-locked', guest, lock: 'backup' })),
    lasts: 2 * MINUTE,
    cure: 'Nothing: the guest is planned for again when the lock is gone, if it is still needed.',
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
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the token is revoked',
      moment,
      strike: of({ kind: 'token-revoked', token: DEFAULT_TOKEN.id }),
      lasts: 2 * MINUTE,
      cure: 'Make a new token and put it into the configuration; `ballast doctor` tells what it may do.',
    }),
  ),
  {
    fault: 'tickets expire (with a password in place of a token)',
    moment: RUNNING,
    strike: of({ kind: 'tickets-expired' }),
    options: { ticket: true },
    lasts: MINUTE,
    cure: 'Nothing: Ballast signs in again.',
  },
  {
    fault: 'somebody has moved the guest of the step that waits',
    moment: NEXT,
    strike: onWaitingGuest((rig, guest) => {
      rig.simulator.update((world) => changeGuest(world, guest, (entry) => ({ ...entry, node: 'pve2' })));
      return undefined;
    }),
    lasts: MINUTE,
    cure: 'Nothing: the next round plans from where the guest is.',
  },
  {
    fault: 'somebody migrates the guest of the step that waits',
    moment: RUNNING,
    strike: onWaitingGuest((rig, guest) => {
      void migrate(rig, guest, 'pve2');
      return undefined;
    }),
    lasts: 2 * MINUTE,
    cure: 'Nothing: it counts in the budgets, and the next round plans from where the guest is.',
  },
  {
    fault: 'somebody removes the guest of the step that waits',
    moment: NEXT,
    strike: onWaitingGuest((rig, guest) => {
      rig.simulator.update((world) => ({ ...world, guests: world.guests.filter(({ id }) => id !== guest) }));
      return undefined;
    }),
    lasts: MINUTE,
    cure: 'Nothing: the next round plans without it.',
  },
];

/** Somebody asks for a migration, as root and through the API. */
async function migrate(rig: Rig, guest: number, to: string): Promise<void> {
  const found = rig.simulator.world.guests.find(({ id }) => id === guest);
  if (found === undefined) throw new Error(`no guest ${guest}`);
  await rig.somebody.migrator.start({
    guest,
    guestName: found.name,
    kind: found.kind,
    from: found.node,
    to,
    mode: 'live',
    reason: 'maintenance',
    why: [],
    gain: { resource: 'cpu', fromBefore: 0, fromAfter: 0, toBefore: 0, toAfter: 0 },
    cost: { bytes: 0, duration: 0, downtime: 0 },
  });
}

/** Somebody stops the migration that runs, as root and through the API. */
function stopFirst(rig: Rig): void {
  const [migration] = rig.simulator.world.migrations;
  if (migration === undefined) throw new Error('nothing migrates');
  const { upid: id, from: node, guest, startedAt } = migration;
  void rig.somebody.migrator.abort({ id, node, guest, startedAt });
}
