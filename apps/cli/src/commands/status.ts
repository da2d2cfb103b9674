import type { Assessment, BalancePolicy } from '@ballast/core';
import { migrationNotes, openingNote, orderNotes, proposalNotes, renderStatus } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

/** Nodes with their loads and classes. */
export async function status(session: Session, io: Io, options: { readonly output: string }): Promise<number> {
  const { assessment, history, opening } = await session.look();
  const { orders, clock, config } = session;
  const { log: _, ...standing } = orders;
  const waiting = config.mode === 'advise' ? proposalNotes(history, orders, clock.now()) : [];
  const text =
    options.output === 'json'
      ? `${JSON.stringify({ ...documentOf(assessment, session.config.balance), orders: standing, opening, proposals: history.proposals ?? [] }, null, 2)}\n`
      : renderStatus(assessment, session.config.balance, styleOf(io.stdout, io.env), [
          ...orderNotes(orders, clock.now()),
          ...(opening.open ? [] : [openingNote(opening)]),
          ...waiting,
          ...migrationNotes(assessment.snapshot, history),
        ]);
  io.stdout.write(text);
  return 0;
}

function documentOf({ snapshot, nodes }: Assessment, { coexistence = 'cede' }: BalancePolicy): object {
  const { cluster, nativeBalancer } = snapshot;
  return { schema: 'ballast-status/1', cluster, nodes, nativeBalancer: { ...nativeBalancer, coexistence } };
}
