import {
  type BundleControl,
  OFPBCT_COMMIT_REQUEST,
  OFPBCT_DISCARD_REQUEST,
  OFPBCT_OPEN_REQUEST,
  OFPBF_ATOMIC,
  OFPBF_ORDERED,
} from '@ballast/openflow';
import type { Connection, Step } from '../channel/connection.ts';
import { OFPET_BAD_REQUEST, SwitchRefusal } from '../channel/refusal.ts';
import { DatapathError } from '../datapath/errors.ts';
import type { Change } from './changes.ts';
import { encodedOnce } from './once.ts';

/** The switch refused one row of what was wanted; nothing of it was carried out, unless `partly`. */
export class RowRefusedError extends DatapathError {
  /** `flow table=...` or `group 0x...`. */
  readonly row: string;
  readonly refusal: SwitchRefusal;
  /** The switch has no bundles, and the rows before this one were carried out. */
  readonly partly: boolean;

  constructor(switchName: string, row: string, refusal: SwitchRefusal, partly: boolean) {
    const rest = partly ? 'rows before it were carried out' : 'nothing was changed';
    super('switch-row-refused', `${switchName}: ${refusal.message} (${rest})`, {
      cause: refusal,
      ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    });
    this.row = row;
    this.refusal = refusal;
    this.partly = partly;
  }
}

const FLAGS = OFPBF_ATOMIC | OFPBF_ORDERED;

/**
 * Carries changes out, all or none, in one atomic bundle: traffic sees the old rows or the new ones. A switch without
 * bundles gets them in order, with a barrier where groups and flows meet.
 * @throws {RowRefusedError} names the row
 */
export async function carryOut(connection: Connection, switchName: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const bundleId = connection.freshId();
  const control = (step: number): BundleControl => {
    return { type: 'bundle_control', bundleId, control: step, flags: FLAGS, properties: [] };
  };
  const steps = changes.map(({ name, body }): Step => {
    const message = encodedOnce(body, connection.version);
    return { name, body: { type: 'bundle_add', bundleId, flags: FLAGS, message, properties: [] } };
  });
  const open = { name: 'a bundle', body: control(OFPBCT_OPEN_REQUEST) };
  const opened = await connection.watching([open, ...steps], async (refusals) => {
    // A barrier ends the adding: all that a switch can refuse by looking at a row alone has been refused by then.
    await connection.barrier();
    const unopened = refusals.get(0);
    if (unopened?.errorType === OFPET_BAD_REQUEST) return false;
    if (unopened !== undefined) throw bundleRefused(switchName, unopened);
    if (refusals.size > 0) {
      connection.send(control(OFPBCT_DISCARD_REQUEST));
      throw firstRefused(switchName, changes, refusals, 1, false);
    }
    await commit(connection, control(OFPBCT_COMMIT_REQUEST), (refusal) => {
      return refusals.size > 0
        ? firstRefused(switchName, changes, refusals, 1, false)
        : bundleRefused(switchName, refusal);
    });
    return true;
  });
  if (!opened) await inOrder(connection, switchName, changes);
}

async function commit(
  connection: Connection,
  request: BundleControl,
  translate: (refusal: SwitchRefusal) => Error,
): Promise<void> {
  try {
    await connection.request(request, 'a bundle');
  } catch (error) {
    throw error instanceof SwitchRefusal ? translate(error) : error;
  }
}

/** Group and flow changes in runs of one kind, each ended by a barrier: a switch may reorder what lies between. */
async function inOrder(connection: Connection, switchName: string, changes: readonly Change[]): Promise<void> {
  const runs: Change[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.kind === 'flow' && change.kind === 'flow') run.push(change);
    // Groups may use each other: one by one.
    else runs.push([change]);
  }
  let done = 0;
  for (const run of runs) {
    const refusals = await connection.steps(run);
    if (refusals.size > 0) throw firstRefused(switchName, run, refusals, 0, done > 0 || refusals.size < run.length);
    done += run.length;
  }
}

/** `before`: how many steps stood before the first change. */
function firstRefused(
  switchName: string,
  changes: readonly Change[],
  refusals: ReadonlyMap<number, SwitchRefusal>,
  before: number,
  partly: boolean,
): RowRefusedError {
  const index = Math.min(...refusals.keys());
  const refusal = refusals.get(index) as SwitchRefusal;
  return new RowRefusedError(switchName, changes[index - before]?.name ?? 'a row', refusal, partly);
}

function bundleRefused(switchName: string, cause: SwitchRefusal): DatapathError {
  return new DatapathError('switch-bundle-refused', `${switchName}: ${cause.message} (nothing was changed)`, {
    cause,
    ...(cause.hint === undefined ? {} : { hint: cause.hint }),
  });
}
