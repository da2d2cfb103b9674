import { changeGuest } from '@ballast/pve-simulator';
import { MINUTE, type Rig } from '../rig.ts';
import type { FaultRun } from '../run.ts';
import { NEXT, RUNNING, waiting } from './strike.ts';

/** What somebody else does meanwhile. */
export const PEOPLE: readonly FaultRun[] = [
  {
    fault: 'a backup locks the guest of the step that waits',
    moment: NEXT,
    strike: onWaitingGuest((rig, guest) => rig.simulator.fail({ kind: 'guest-locked', guest, lock: 'backup' })),
    lasts: 2 * MINUTE,
    cure: 'Nothing: the guest is planned for again when the lock is gone, if it is still needed.',
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
  {
    fault: 'the operator is killed, and another starts over its state',
    moment: RUNNING,
    strike: (rig) => {
      rig.kill();
      rig.live();
      return undefined;
    },
    lasts: MINUTE,
    cure: 'Nothing: what ran is adopted. `ballast_migrations_adopted_total` counts it.',
  },
];

function onWaitingGuest(strike: (rig: Rig, guest: number) => (() => void) | undefined): FaultRun['strike'] {
  return (rig) => strike(rig, waiting(rig).guest);
}

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
