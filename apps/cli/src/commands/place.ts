import { type Assessment, type BalancePolicy, BallastError, type Bytes, type Cores } from '@ballast/core';
import { assess, placeGuest, remember } from '@ballast/planner';
import type { Io } from '../io.ts';
import { type PlanWishes, policyFor } from '../recorded/decide.ts';
import { readRecorded } from '../recorded/read.ts';
import type { Session } from '../session.ts';

export interface PlaceOptions extends Pick<PlanWishes, 'overcommit'> {
  readonly cpu: Cores;
  readonly memory: Bytes;
  readonly snapshot?: string;
  readonly output: string;
}

/** Where a new guest would go in a recorded cluster. */
export function placeFile(io: Io, file: string, options: PlaceOptions): number {
  const { snapshot, history, rules, balance } = readRecorded(file);
  const policy = policyFor(balance, options);
  const known = remember(history, snapshot, policy);
  const now = snapshot.takenAt;
  return print(io, assess({ snapshot, history: known, policy, rules, now, moving: [] }), policy, options);
}

/** Where a new guest would go now. */
export async function place(session: Session, io: Io, options: PlaceOptions): Promise<number> {
  const { assessment } = await session.look();
  return print(io, assessment, session.config.balance, options);
}

function print(io: Io, assessment: Assessment, policy: BalancePolicy, options: PlaceOptions): number {
  const usage = { cpu: options.cpu, memory: options.memory };
  const verdicts = placeGuest({ assessment, policy, usage });
  const [best] = verdicts;
  if (options.output === 'json') {
    const node = best?.allowed ? best.node : null;
    io.stdout.write(`${JSON.stringify({ schema: 'ballast-place/1', usage, node, nodes: verdicts }, null, 2)}\n`);
  } else {
    for (const { node, allowed, detail } of verdicts)
      io.stdout.write(`${allowed ? 'yes' : 'no '}  ${node}  ${detail}\n`);
  }
  if (best?.allowed) return 0;
  throw new BallastError('no-room', 'Expected a node with room for the guest, got none.', {
    hint: 'Each node says above what is missing.',
  });
}
