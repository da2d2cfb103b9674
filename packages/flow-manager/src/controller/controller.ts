import type { Connection } from '../channel/connection.ts';
import type { ChannelError } from '../channel/errors.ts';
import { type Listener, listen } from '../channel/listener.ts';
import { Datapath } from '../datapath/datapath.ts';
import type { Role } from '../datapath/roles.ts';
import type { DesiredState } from '../desired.ts';
import type { Outcome } from '../reconcile/reconcile.ts';
import { Keeper } from './keeper.ts';
import {
  type ControllerOptions,
  type Desired,
  LOOK_PATIENCE,
  LOOKS_AT_ONCE,
  RECHECK_INTERVAL,
  RETRY_INTERVAL,
  VERIFY_DELAY,
} from './options.ts';
import { Few, Turns } from './turns.ts';

/** What came of a reconciliation of one switch. */
export type Settled =
  | { readonly datapath: Datapath; readonly outcome: Outcome | undefined }
  | { readonly datapath: Datapath; readonly error: unknown };

/** A running OpenFlow controller. */
export interface Controller {
  readonly address: { readonly host: string; readonly port: number };
  /** Switches that are connected and have been asked for the role, by id. */
  readonly datapaths: ReadonlyMap<bigint, Datapath>;
  readonly role: Role;
  /**
   * Sets what is wanted of the switches, now and when they connect; resolves when all that are connected have it. Switches
   * that are known are not read first: they confirm the change, and are read soon after.
   */
  setDesired(desired: Desired): Promise<readonly Settled[]>;
  /** The same where `desired` is a function whose answers have changed. */
  push(): Promise<readonly Settled[]>;
  /** Reads all switches now, or one, and brings them to what is wanted. */
  reconcile(id?: bigint): Promise<readonly Settled[]>;
  /**
   * Takes a role at all switches, those that connect later too; with a role that writes they are reconciled at once.
   * Switches that know a newer generation answer with a StaleGenerationError.
   */
  setRole(role: Role, generation: bigint): Promise<readonly Settled[]>;
  /** Ends all connections and frees the port. What was put on the switches goes on working. */
  stop(): Promise<void>;
}

/**
 * Listens for switches, and keeps each at what is wanted.
 * @throws {ChannelError} `channel-listen`, `channel-tls`
 */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const running = new RunningController(options);
  await running.start();
  return running;
}

class RunningController implements Controller {
  readonly datapaths: Map<bigint, Datapath> = new Map();
  readonly #options: ControllerOptions;
  readonly #keepers = new Map<Datapath, Keeper>();
  readonly #connections = new Set<Connection>();
  readonly #turns = new Turns();
  readonly #looks: Few;
  #listener: Listener | undefined;
  #desired: (datapath: Datapath) => DesiredState | undefined = () => undefined;
  #role: Role;
  #generation: bigint;
  #stopped = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#looks = new Few(LOOKS_AT_ONCE, options.clock, LOOK_PATIENCE);
    this.#generation = options.generation ?? 0n;
    this.#role = options.role ?? (options.generation === undefined ? 'equal' : 'master');
  }

  async start(): Promise<void> {
    const { listen: at, tls, clock, limits = {}, hooks = {} } = this.#options;
    this.#listener = await listen(
      { ...at, clock, limits, ...(tls !== undefined && { tls }) },
      (connection) => void this.#welcome(connection),
      (error) => hooks.failed?.(undefined, error),
    );
  }

  get address(): { readonly host: string; readonly port: number } {
    const { host, port } = this.#listener ?? this.#options.listen;
    return { host, port };
  }

  get role(): Role {
    return this.#role;
  }

  setDesired(desired: Desired): Promise<readonly Settled[]> {
    this.#desired = typeof desired === 'function' ? desired : (datapath) => desired.get(datapath.id);
    return this.push();
  }

  push(): Promise<readonly Settled[]> {
    return Promise.all([...this.#keepers].map(([datapath, keeper]) => settled(datapath, keeper.push())));
  }

  async reconcile(id?: bigint): Promise<readonly Settled[]> {
    const keepers = [...this.#keepers].filter(([datapath]) => id === undefined || datapath.id === id);
    return Promise.all(keepers.map(([datapath, keeper]) => settled(datapath, keeper.reconcile())));
  }

  async setRole(role: Role, generation: bigint): Promise<readonly Settled[]> {
    this.#role = role;
    this.#generation = generation;
    const all = [...this.#keepers];
    return Promise.all(
      all.map(([datapath, keeper]) =>
        settled(
          datapath,
          datapath.requestRole(role, generation).then(() => keeper.reconcile()),
        ),
      ),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const keeper of this.#keepers.values()) keeper.stop();
    for (const connection of this.#connections) connection.close();
    await this.#listener?.close();
  }

  async #welcome(connection: Connection): Promise<void> {
    const { hooks = {} } = this.#options;
    this.#connections.add(connection);
    let datapath: Datapath | undefined;
    try {
      datapath = await Datapath.open(connection, {
        ...hooks,
        doubted: (doubted) => this.#keepers.get(doubted)?.doubt(),
        closed: (closed, reason) => {
          this.#connections.delete(connection);
          this.#part(closed, reason);
        },
      });
      // Closed while the last answers were on their way.
      if (this.#stopped || !datapath.connected) return connection.close();
      // Nothing of ours goes over further connections of the same switch.
      if (datapath.auxiliaryId !== 0) return connection.close();
      await this.#admit(datapath);
    } catch (error) {
      if (!this.#stopped) hooks.failed?.(datapath, error);
      connection.close();
    } finally {
      if (!connection.alive) this.#connections.delete(connection);
    }
  }

  async #admit(datapath: Datapath): Promise<void> {
    const { hooks = {}, clock } = this.#options;
    await this.#takeRole(datapath);
    if (!datapath.connected) return;
    // A switch that lost its connection comes again before the end of the old one is noticed.
    this.datapaths.get(datapath.id)?.close();
    this.datapaths.set(datapath.id, datapath);
    hooks.connected?.(datapath);
    const keeper = new Keeper({
      datapath,
      clock,
      turns: this.#turns,
      looks: this.#looks,
      desired: () => this.#desired(datapath),
      recheckInterval: this.#options.recheckInterval ?? RECHECK_INTERVAL,
      retryInterval: this.#options.retryInterval ?? RETRY_INTERVAL,
      verifyDelay: this.#options.verifyDelay ?? VERIFY_DELAY,
      reconciled: (outcome) => hooks.reconciled?.(datapath, outcome),
      failed: (error) => {
        if (datapath.connected) hooks.failed?.(datapath, error);
      },
    });
    this.#keepers.set(datapath, keeper);
    void keeper.run();
  }

  /** A switch that knows a newer generation, or no roles, stays as one that this controller may read. */
  async #takeRole(datapath: Datapath): Promise<void> {
    if (this.#role === 'equal') return;
    try {
      if (this.#role === 'slave') await datapath.demote();
      else await datapath.requestRole(this.#role, this.#generation);
    } catch (error) {
      this.#options.hooks?.failed?.(datapath, error);
    }
  }

  #part(datapath: Datapath, reason: ChannelError): void {
    this.#keepers.get(datapath)?.stop();
    const kept = this.#keepers.delete(datapath);
    if (this.datapaths.get(datapath.id) === datapath) this.datapaths.delete(datapath.id);
    if (kept) this.#options.hooks?.disconnected?.(datapath, reason);
  }
}

async function settled(datapath: Datapath, work: Promise<Outcome | undefined>): Promise<Settled> {
  try {
    return { datapath, outcome: await work };
  } catch (error) {
    return { datapath, error };
  }
}
