import { MINUTE } from '../rig.ts';
import type { FaultRun } from '../run.ts';
import { FIRST, of, RUNNING, stopFirst } from './strike.ts';

const TASK = 'Read the task log of the migration in Proxmox VE. The guest is tried again after its rest.';

/** What happens to the task of a migration. */
export const TASKS: readonly FaultRun[] = [
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
];
