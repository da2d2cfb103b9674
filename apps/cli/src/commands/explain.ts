import { BallastError, type Guest, nearestNames } from '@ballast/core';
import { explain as explainGuest } from '@ballast/planner';
import { renderExplanation } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

/** Why a guest moves, or why it does not. */
export async function explain(
  session: Session,
  io: Io,
  named: string,
  options: { readonly output: string },
): Promise<number> {
  const { assessment, plan, rules, history, expected } = await session.look();
  const guest = findGuest(named, assessment.snapshot.guests);
  const now = session.clock.now();
  const policy = { ...session.config.balance, sustain: 1 };
  const explanation = explainGuest({ guest: guest.id, plan, assessment, rules, history, policy, now, expected });
  io.stdout.write(
    options.output === 'json'
      ? `${JSON.stringify({ schema: 'ballast-explanation/1', ...explanation }, null, 2)}\n`
      : renderExplanation(explanation, styleOf(io.stdout, io.env)),
  );
  return 0;
}

/** A guest by its vmid or its name. Proxmox VE lets two guests share a name: then only the vmid will do. */
function findGuest(named: string, guests: readonly Guest[]): Guest {
  const found = guests.filter((guest) => String(guest.id) === named || guest.name === named);
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  if (found.length > 1) {
    const ids = found.map((guest) => `${guest.id} on ${guest.node}`).join(', ');
    throw new BallastError('guest-ambiguous', `Expected one guest named ${named}, got ${found.length}: ${ids}.`, {
      hint: 'Name it by its vmid.',
    });
  }
  const near = nearestNames(
    named,
    guests.map((guest) => guest.name),
  );
  throw new BallastError('guest-unknown', `Expected a guest of the cluster, got ${named}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`ballast status` shows what the token may see.',
  });
}
