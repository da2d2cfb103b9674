import type { Io } from '../io.ts';
import { type Recorded, SNAPSHOT_SCHEMA } from '../recorded/recorded.ts';
import type { Session } from '../session.ts';

/**
 * Writes down the cluster of this moment, with all that planning needs: the facts of every guest that may move, rules,
 * history and thresholds. It holds names and loads, and no secret.
 */
export async function snapshot(session: Session, io: Io): Promise<number> {
  const { assessment, rules, history } = await session.look();
  const known = assessment.snapshot.facts;
  const open = assessment.guests.filter(
    ({ guest, blockers }) => blockers.length === 0 && known[guest.id] === undefined,
  );
  const found = await session.wired.cluster.source.inspect(open.map(({ guest }) => guest.id));
  const facts = { ...known, ...Object.fromEntries(found.map((fact) => [fact.guest, fact])) };
  const recorded: Recorded = {
    snapshot: { ...assessment.snapshot, facts },
    rules,
    history,
    balance: session.config.balance,
  };
  io.stdout.write(`${JSON.stringify({ schema: SNAPSHOT_SCHEMA, ...recorded })}\n`);
  return 0;
}
