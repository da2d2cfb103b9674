import type { Connection } from '../channel/connection.ts';
import { DatapathError } from '../datapath/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, type DesiredState } from '../desired.ts';
import { carryOut } from './carry-out.ts';
import type { Change } from './changes.ts';
import { difference, wantedRows } from './diff.ts';
import type { Memory } from './memory.ts';
import { readFlows } from './present.ts';
import { presentFlow } from './rows.ts';
import { readRows } from './told.ts';

/** What one reconciliation did. */
export interface Outcome {
  /** In the order in which they were carried out; empty when the switch had all that is wanted, and no more. */
  readonly changes: readonly Change[];
  /** Foreign flows that stood in the very place of a wanted one, and had to give it up. */
  readonly displaced: readonly string[];
  /**
   * Whether the switch was read since it was last changed, and has what is wanted. Otherwise it has confirmed the
   * changes to what it was known to have: it is read soon.
   */
  readonly verified: boolean;
}

/** A switch, and what is known of it. */
export interface Known {
  readonly connection: Connection;
  /** For messages to a person. */
  readonly name: string;
  readonly memory: Memory;
}

/**
 * Brings a switch to what is wanted: reads what it has of Ballast's, sends the difference, and reads it back. Done again
 * it finds nothing to do. Foreign flows and groups are left alone.
 * @throws {RowRefusedError} the switch refuses a row
 * @throws {DatapathError} `desired-...`: what is wanted makes no sense; `switch-read-back`: the switch took all and has
 *   something else
 * @throws {ChannelError}
 */
export async function reconcile(known: Known, desired: DesiredState): Promise<Outcome> {
  const { connection, name, memory } = known;
  const { doubts } = memory;
  const wanted = wantedRows(desired, connection.version, memory.rows);
  return orForget(memory, async () => {
    const changes = difference(wanted, await readRows(connection, wanted));
    const displaced = await carryOutWith(known, changes);
    const left = changes.length === 0 ? [] : difference(wanted, await readRows(connection, wanted));
    if (left.length > 0) throw notAsWanted(name, left);
    memory.keep(wanted, { verified: true, doubts });
    return { changes, displaced, verified: true };
  });
}

/**
 * The same by what is remembered: sends the difference at once and does not read, where the switch is known well enough.
 * Where it refuses, it is not what it was thought to be, and is read.
 * @throws as {@link reconcile} does
 */
export async function push(known: Known, desired: DesiredState): Promise<Outcome> {
  const { connection, memory } = known;
  const { doubts, rows, verified } = memory;
  if (rows === undefined) return reconcile(known, desired);
  const wanted = wantedRows(desired, connection.version, rows);
  const changes = difference(wanted, rows);
  if (changes.length === 0) {
    memory.keep(wanted, { verified, doubts });
    return { changes, displaced: [], verified };
  }
  try {
    return await orForget(memory, async () => {
      const displaced = await carryOutWith(known, changes);
      memory.keep(wanted, { verified: false, doubts });
      return { changes, displaced, verified: false };
    });
  } catch (error) {
    if (error instanceof DatapathError) return reconcile(known, desired);
    throw error;
  }
}

async function carryOutWith({ connection, name }: Known, changes: readonly Change[]): Promise<readonly string[]> {
  const displaced = await foreignIn(connection, changes);
  await carryOut(connection, name, changes);
  return displaced;
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

/** After a failure nobody knows what the switch has. */
async function orForget<T>(memory: Memory, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    memory.forget();
    throw error;
  }
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
