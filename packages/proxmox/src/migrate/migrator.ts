import {
  type Blocker,
  type BytesPerSecond,
  type CallOptions,
  type Clock,
  type ClusterTask,
  type FollowOptions,
  type FoundMigration,
  type GuestId,
  KeptBackError,
  type Migration,
  type MigrationOutcome,
  type MigrationTask,
  type Migrator,
  type Milliseconds,
  type StartOptions,
} from '@ballast/core';
import { hasKind, ProxmoxError } from '../errors/proxmox-error.ts';
import type { Engine } from '../http/engine.ts';
import type { ReplicationBook } from '../inspect/replication.ts';
import type { MembershipBook } from '../observe/membership-book.ts';
import type { VersionBook } from '../observe/version.ts';
import type { ProxmoxMigration } from '../options.ts';
import { postMigration } from '../wire/api.ts';
import { findOwn } from './find.ts';
import { follow } from './follow.ts';
import { migrationForm } from './form.ts';
import { findRunningMove } from './task-list.ts';
import { parseUpid, type Upid } from './upid.ts';
import { validate } from './validate.ts';

/** Looks for a task whose request got no answer. */
const SEARCHES = 3;

export interface MigratorParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Whose tasks are our own: a user, or USER@REALM!TOKEN. */
  readonly owner: string;
  readonly version: VersionBook;
  readonly membership: MembershipBook;
  readonly migration: ProxmoxMigration;
  readonly replications: ReplicationBook;
  readonly pollInterval: Milliseconds;
  /** What the logs of migrations tell of guests' dirty rates. */
  readonly dirtyRates: Map<GuestId, BytesPerSecond>;
}

/** Migrations through the guest's own path, which hands those of the HA manager over to it. */
export class ProxmoxMigrator implements Migrator {
  readonly #parts: MigratorParts;
  /** By validation: whether connection tracking can come along. */
  readonly #conntrack = new Map<GuestId, boolean>();
  readonly #aborted = new Set<string>();
  readonly #children = new Map<string, Upid>();

  constructor(parts: MigratorParts) {
    this.#parts = parts;
  }

  async validate(step: Migration, { signal }: CallOptions = {}): Promise<readonly Blocker[]> {
    const { engine, version, migration, membership, replications } = this.#parts;
    const api = engine.api({ signal });
    const { major } = await version.read(api);
    const localDisks = migration.localDisks ?? false;
    const targetStorage = localDisks ? migration.targetStorage : undefined;
    const options = { localDisks, targetStorage, membership, replications, major };
    const { blockers, preconditions } = await validate(step, api, options);
    this.#conntrack.set(step.guest, preconditions?.conntrack ?? false);
    return blockers;
  }

  /**
   * The request is sent once. When its answer is lost, the task is looked for and taken over.
   * @throws {ProxmoxError} `proxmox-outcome-unknown` when the answer was lost and no task is found
   * @throws {KeptBackError} `snapshot-no-quorum` when the newest word is that there is none
   */
  async start(step: Migration, { signal, mayLeave }: StartOptions = {}): Promise<MigrationTask> {
    const { engine, clock, migration, membership } = this.#parts;
    signal?.throwIfAborted();
    const { guest, kind, from } = step;
    const form = migrationForm(step, migration, this.#conntrack.get(guest) ?? false);
    const startedAt = clock.now();
    const leave = (): void => {
      mayLeave?.();
      try {
        membership.requireQuorum();
      } catch (error) {
        throw new KeptBackError(error);
      }
    };
    // Not under the signal: a request that is broken off half-way leaves unknown whether it arrived.
    const upid = await postMigration(engine.api({ mayLeave: leave }), { kind, node: from, id: guest }, form).then(
      parseUpid,
      (error: unknown) => this.#adopt(step, error),
    );
    return { id: upid.text, node: upid.node, guest, startedAt };
  }

  async follow(task: MigrationTask, options: FollowOptions = {}): Promise<MigrationOutcome> {
    const { engine, clock, pollInterval, dirtyRates } = this.#parts;
    try {
      return await follow(task, options, {
        engine,
        clock,
        pollInterval,
        dirtyRates,
        isAborted: ({ id }) => this.#aborted.has(id),
        carriedBy: ({ id }, child) => this.#children.set(id, child),
      });
    } finally {
      this.#aborted.delete(task.id);
      this.#children.delete(task.id);
    }
  }

  find(tasks: readonly ClusterTask[], { signal }: CallOptions = {}): Promise<readonly FoundMigration[]> {
    const { engine, owner } = this.#parts;
    return findOwn(tasks, engine.api({ signal }), owner);
  }

  async abort(task: MigrationTask, { signal }: CallOptions = {}): Promise<void> {
    this.#aborted.add(task.id);
    const { node, text } = this.#children.get(task.id) ?? parseUpid(task.id);
    await this.#parts.engine.api({ signal }).nodes.$(node).tasks.$(encodeURIComponent(text)).$delete();
  }

  /** The request went out and no answer came back: if it arrived, its task runs. */
  async #adopt(step: Migration, error: unknown): Promise<Upid> {
    if (!hasKind(error, 'transient') || error.unsent || error.status === 595) throw error;
    const { engine, clock } = this.#parts;
    for (let search = 0; search < SEARCHES; search++) {
      const found = await findRunningMove(engine.api(), step.from, step.guest).catch(() => undefined);
      if (found !== undefined) return found;
      await clock.sleep(1000);
    }
    throw new ProxmoxError(
      'proxmox-outcome-unknown',
      `The migration of ${step.guestName} to ${step.to} was asked for once, and the answer was lost (${error.message}) No task of it is found.`,
      {
        kind: 'fatal',
        cause: error,
        hint: 'It is not asked for again: the next round sees where the guest is. Look at the task list of the cluster.',
      },
    );
  }
}
