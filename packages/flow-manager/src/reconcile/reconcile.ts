import type { Connection } from '../channel/connection.ts';
import { DatapathError } from '../datapath/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, type DesiredState } from '../desired.ts';
import { carryOut } from './carry-out.ts';
import type { Change } from './changes.ts';
import { diff } from './diff.ts';
import { readFlows, readPresent } from './present.ts';
import { presentFlow } from './rows.ts';

/** What one reconciliation did. */
export interface Outcome {
  /** In the order in which they were carried out; empty when the switch had all that is wanted, and no more. */
  readonly changes: readonly Change[];
  /** Foreign flows that stood in the very place of a wanted one, and had to give it up. */
  readonly displaced: readonly string[];
}

/**
 * Brings a switch to what is wanted: reads what it has of Ballast's, sends the difference, and reads it back. Done again
 * it finds nothing to do. Foreign flows and groups are left alone.
 * @throws {RowRefusedError} the switch refuses a row
 * @throws {DatapathError} `desired-...`: what is wanted makes no sense; `switch-read-back`: the switch took all and has
 *   something else
 * @throws {ChannelError}
 */
export async function reconcile(connection: Connection, switchName: string, desired: DesiredState): Promise<Outcome> {
  const { version } = connection;
  const changes = diff(desired, await readPresent(connection), version);
  if (changes.length === 0) return { changes, displaced: [] };
  const displaced = await foreignIn(connection, changes);
  await carryOut(connection, switchName, changes);
  const left = diff(desired, await readPresent(connection), version);
  if (left.length > 0) throw notAsWanted(switchName, left);
  return { changes, displaced };
}

/** Foreign flows in places that are to be taken. Read only when there are such places: it asks for all flows. */
async function foreignIn(connection: Connection, changes: readonly Change[]): Promise<readonly string[]> {
  const places = new Set(changes.filter(({ kind, verb }) => kind === 'flow' && verb === 'add').map(({ name }) => name));
  if (places.size === 0) return [];
  const all = await readFlows(connection, 0n);
  return all
    .filter(({ cookie }) => (cookie & COOKIE_MASK) !== COOKIE_MARK)
    .map((entry) => `flow ${presentFlow(entry).place}`)
    .filter((name) => places.has(name));
}

function notAsWanted(switchName: string, left: readonly Change[]): DatapathError {
  const rows = left.slice(0, 3).map(({ verb, name }) => `${verb} ${name}`);
  const more = left.length > rows.length ? ` and ${left.length - rows.length} more` : '';
  return new DatapathError(
    'switch-read-back',
    `${switchName} took the changes, and still lacks: ${rows.join('; ')}${more}.`,
    { hint: 'Somebody else changes the same rows, or the switch tells them in other words than it was given.' },
  );
}
