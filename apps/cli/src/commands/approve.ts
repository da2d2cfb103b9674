import { type Approval, BallastError, logOrder, type Milliseconds, PROPOSAL_LIFE, type Proposal } from '@ballast/core';
import { approvalNote, formatDuration } from '@ballast/report';
import type { Io } from '../io.ts';
import type { Session } from '../session.ts';
import { typist } from '../typist.ts';

export interface ApproveOptions {
  readonly for?: Milliseconds;
  readonly reason?: string;
}

/** Lets the operator that runs in mode `advise` carry out a plan that it came to. */
export async function approve(session: Session, io: Io, asked: string, options: ApproveOptions): Promise<number> {
  const { config, clock, memory, historyFault, wired } = session;
  if (config.mode !== 'advise') throw wrongMode(config.mode);
  if (historyFault !== undefined) throw new BallastError('history-unread', historyFault);
  const now = clock.now();
  const { id, steps, seen } = chosen(asked, memory.history.proposals ?? []);
  if (now >= seen + PROPOSAL_LIFE) throw tooOld(id, now - seen);
  const { reason } = options;
  const by = typist();
  const until = now + (options.for ?? PROPOSAL_LIFE);
  const approval: Approval = { since: now, by, plan: id, until, ...(reason === undefined ? {} : { reason }) };
  const orders = await wired.orders.load();
  const others = (orders.approvals ?? []).filter((other) => other.plan !== id && other.until > now);
  const record = {
    at: now,
    by,
    kind: 'approve',
    plan: id,
    until,
    ...(reason === undefined ? {} : { reason }),
  } as const;
  await wired.orders.save(logOrder({ ...orders, approvals: [...others, approval] }, record));
  io.stdout.write(`${approvalNote(approval, steps.length)}\n`);
  io.stdout.write('Each step is checked again before it starts; `ballast history --plan` tells what comes of it.\n');
  return 0;
}

/** The proposal of an id, or of its beginning where no other one begins so. */
function chosen(asked: string, proposals: readonly Proposal[]): Proposal {
  const found = proposals.filter(({ id }) => id === asked || (asked !== '' && id.startsWith(asked)));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = (found.length > 0 ? found : proposals).map(({ id }) => id);
  if (found.length > 1) {
    throw new BallastError('plan-ambiguous', `Expected the id of one plan, got ${asked}, which ${found.length} have.`, {
      hint: `Say more of it: ${known.join(', ')}.`,
    });
  }
  const hint =
    known.length === 0
      ? 'The operator has come to no plan lately: `ballast status` tells when one waits.'
      : `Known ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}; \`ballast status\` tells which waits.`;
  throw new BallastError('plan-unknown', `Expected the id of a plan of the operator, got ${asked}.`, { hint });
}

function tooOld(id: string, age: Milliseconds): BallastError {
  return new BallastError(
    'plan-old',
    `Expected a plan of the last ${formatDuration(PROPOSAL_LIFE)}, got ${id}, which the operator last came to ${formatDuration(age)} ago.`,
    { hint: '`ballast status` tells which plan waits now. If none does, see whether the operator runs.' },
  );
}

function wrongMode(mode: string): BallastError {
  return new BallastError('not-advising', `Expected the mode advise, got ${mode}.`, {
    hint:
      mode === 'auto'
        ? 'In auto the operator carries its plans out by itself; `ballast pause` keeps it from that.'
        : 'An operator that observes plans nothing: set `mode: advise` and restart it.',
  });
}
