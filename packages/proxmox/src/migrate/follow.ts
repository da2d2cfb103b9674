import type {
  BytesPerSecond,
  Clock,
  FollowOptions,
  GuestId,
  Instant,
  MigrationOutcome,
  MigrationTask,
  Milliseconds,
  NodeName,
} from '@ballast/core';
import { hasCode, hasKind } from '../errors/proxmox-error.ts';
import { ended } from '../errors/row.ts';
import { taskEnd } from '../errors/task-ends.ts';
import type { Engine } from '../http/engine.ts';
import type { Api } from '../wire/api.ts';
import { type Row, rows, text } from '../wire/fields.ts';
import { findMove } from './task-list.ts';
import { TaskReader } from './task-reader.ts';
import { parseUpid, type Upid } from './upid.ts';

/** How long the cluster may be out of reach before a task is given up. */
const PATIENCE: Milliseconds = 5 * 60_000;
/** The HA manager works in rounds of 10 s and lets a few migrations run at once: ours may have to queue. */
const HA_PATIENCE: Milliseconds = 3 * 60_000;
const HA_POLL: Milliseconds = 2000;

export interface FollowParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly pollInterval: Milliseconds;
  readonly dirtyRates: Map<GuestId, BytesPerSecond>;
  /** Whether the task was asked to stop. */
  readonly isAborted: (task: MigrationTask) => boolean;
  /** Told which task carries the migration when it is another one. */
  readonly carriedBy: (task: MigrationTask, child: Upid) => void;
}

/** Follows a migration to its end: for a guest of the HA manager, through the task that the manager starts. */
export async function follow(
  task: MigrationTask,
  options: FollowOptions,
  parts: FollowParts,
): Promise<MigrationOutcome> {
  const api = parts.engine.api({ signal: options.signal });
  const upid = parseUpid(task.id);
  const outcome = await followTask(task, upid, api, options, parts);
  if (upid.type !== 'hamigrate' || outcome.result !== 'done') return outcome;
  const child = await awaitChild(task, upid, api, options, parts);
  if (child === undefined) return withoutChild(task, api);
  parts.carriedBy(task, child);
  return followTask(task, child, api, options, parts);
}

async function followTask(
  task: MigrationTask,
  upid: Upid,
  api: Api,
  { signal, onProgress }: FollowOptions,
  parts: FollowParts,
): Promise<MigrationOutcome> {
  const { clock, pollInterval, dirtyRates } = parts;
  const reader = new TaskReader(upid, api);
  let shown = '';
  let lastGood = clock.now();
  for (;;) {
    try {
      const exit = await reader.read();
      lastGood = clock.now();
      if (reader.dirtyRate !== undefined) dirtyRates.set(task.guest, reader.dirtyRate);
      const progress = reader.progress;
      const news = JSON.stringify(progress);
      if (news !== shown) onProgress?.(progress);
      shown = news;
      if (exit !== undefined) return outcomeOf(exit, reader, task, api, parts);
    } catch (error) {
      if (hasCode(error, 'proxmox-task-gone')) {
        // Whether the HA manager has been asked is not known then: if so, it begins within its time.
        return upid.type === 'hamigrate'
          ? { result: 'done', detail: error.message }
          : forgotten(task, api, signal, parts);
      }
      if (!mayPass(error) || clock.now() - lastGood > PATIENCE) throw error;
    }
    await clock.sleep(pollInterval, signal);
  }
}

/** A refusal of a read that was answered before: Proxmox VE answers 500 to what fails on its own side, too. */
function mayPass(error: unknown): boolean {
  return hasKind(error, 'transient') || hasCode(error, 'proxmox-refused');
}

async function outcomeOf(
  exit: string,
  reader: TaskReader,
  task: MigrationTask,
  api: Api,
  { isAborted }: FollowParts,
): Promise<MigrationOutcome> {
  const { downtime, transferred, error, interrupted } = reader;
  const figures = {
    ...(downtime === undefined ? {} : { downtime }),
    ...(transferred === undefined ? {} : { transferred }),
  };
  if (exit === 'OK' || exit.startsWith('WARNINGS')) return { result: 'done', detail: exit, ...figures };
  const reason = error === undefined || error === exit ? exit : `${exit}: ${error}`;
  const end = taskEnd(exit, error);
  const now = end.unsure ? await nodeOf(task.guest, api).catch(() => undefined) : undefined;
  if (now !== undefined && now !== task.node) {
    return { result: 'done', detail: `${ended(reason)} The guest is on ${now}. ${end.hint}`, ...figures };
  }
  // `migration aborted` is what any failure before the switch-over is called: it says nothing of an interruption.
  if (isAborted(task) || interrupted) return { result: 'aborted', detail: reason, ...figures };
  return { result: 'failed', detail: `${ended(reason)} ${end.hint}`, ...figures };
}

/** The HA manager only queues a request: the task that moves the guest appears later, on the node it runs on. */
async function awaitChild(
  task: MigrationTask,
  upid: Upid,
  api: Api,
  { signal, onProgress }: FollowOptions,
  { clock }: FollowParts,
): Promise<Upid | undefined> {
  const until: Instant = clock.now() + HA_PATIENCE;
  onProgress?.({ ratio: 0, line: 'waiting for the HA manager to start the migration' });
  for (;;) {
    try {
      const child = await findMove(api, upid.node, task.guest, upid.startedAt);
      if (child !== undefined) return child;
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    if (clock.now() >= until) return undefined;
    await clock.sleep(HA_POLL, signal);
  }
}

function withoutChild(task: MigrationTask, api: Api): Promise<MigrationOutcome> {
  const waited = HA_PATIENCE / 1000;
  return whereabouts(
    task,
    api,
    `The HA manager started no migration within ${waited} s; a rule of its own may stand against it`,
  );
}

/** A task that nobody remembers may still run: for as long as its guest is locked for it, it has not ended. */
async function forgotten(
  task: MigrationTask,
  api: Api,
  signal: AbortSignal | undefined,
  { clock, pollInterval }: FollowParts,
): Promise<MigrationOutcome> {
  const until: Instant = clock.now() + PATIENCE;
  for (;;) {
    const moves = await rowOf(task.guest, api).then(
      (guest) => guest !== undefined && text(guest, 'lock') === 'migrate',
      (error: unknown) => {
        if (!mayPass(error)) throw error;
        return true;
      },
    );
    if (!moves || clock.now() >= until) break;
    await clock.sleep(pollInterval, signal);
  }
  return whereabouts(task, api, 'Proxmox VE has forgotten the task');
}

/** Where nobody tells how it ended, the place of the guest does. */
async function whereabouts(task: MigrationTask, api: Api, why: string): Promise<MigrationOutcome> {
  const now = await nodeOf(task.guest, api);
  if (now === undefined) return { result: 'failed', detail: `${why}; the guest is gone.` };
  const moved = now !== task.node;
  return { result: moved ? 'done' : 'failed', detail: `${why}; the guest is ${moved ? 'on' : 'still on'} ${now}.` };
}

async function nodeOf(guest: GuestId, api: Api): Promise<NodeName | undefined> {
  const found = await rowOf(guest, api);
  return found === undefined ? undefined : text(found, 'node');
}

async function rowOf(guest: GuestId, api: Api): Promise<Row | undefined> {
  const all = rows(await api.cluster.resources.$get({ type: 'vm' }), 'the guests of the cluster');
  return all.find((from) => text(from, 'vmid') === String(guest));
}
