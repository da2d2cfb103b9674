import type { Assessment, BalancePolicy } from '@ballast/core';
import { migrationNotes, openingNote, orderNotes, renderStatus } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

/** Nodes with their loads and classes. */
export async function status(session: Session, io: Io, options: { readonly output: string }): Promise<number> {
  const { assessment, history, opening } = await session.look();
  const { orders, clock } = session;
  const text =
    options.output === 'json'
      ? `${JSON.stringify({ ...documentOf(assessment, session.config.balance), orders, opening }, null, 2)}\n`
      : renderStatus(assessment, session.config.balance, styleOf(io.stdout, io.env), [
          ...orderNotes(orders, clock.now()),
          ...(opening.open ? [] : [openingNote(opening)]),
          ...migrationNotes(assessment.snapshot, history),
        ]);
  io.stdout.write(text);
  return 0;
}

function documentOf({ snapshot, nodes }: Assessment, { coexistence = 'cede' }: BalancePolicy): object {
  const { cluster, nativeBalancer } = snapshot;
  return { schema: 'ballast-status/1', cluster, nodes, nativeBalancer: { ...nativeBalancer, coexistence } };
}
