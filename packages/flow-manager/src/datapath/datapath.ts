import {
  type Body,
  type FlowRemoved,
  type Message,
  type MultipartAnswer,
  type MultipartQuery,
  OFPPR_DELETE,
  type PacketIn,
  type PacketOut,
  type Port,
  type PortStatus,
  packetOut,
  type SwitchDesc,
  type Version,
} from '@ballast/openflow';
import type { Connection } from '../channel/connection.ts';
import type { ChannelError } from '../channel/errors.ts';
import type { ChannelStats } from '../channel/options.ts';
import { SwitchRefusal } from '../channel/refusal.ts';
import type { DesiredState } from '../desired.ts';
import { Memory } from '../reconcile/memory.ts';
import { type Present, readPresent } from '../reconcile/present.ts';
import { type Known, type Outcome, push, reconcile } from '../reconcile/reconcile.ts';
import { castsDoubt, mayChangeRows } from './doubt.ts';
import { DatapathError, nameOfSwitch } from './errors.ts';
import { introduce } from './handshake.ts';
import { giveUp, type Role, requestRole, roleNumbered } from './roles.ts';

/** Who is told what a switch does. Called in the turn in which it came; what throws is told to `failed`. */
export interface DatapathEvents {
  packetIn?(datapath: Datapath, packet: PacketIn): void;
  flowRemoved?(datapath: Datapath, flow: FlowRemoved): void;
  portStatus?(datapath: Datapath, status: PortStatus): void;
  /** The switch changed the role unasked: another controller became master. */
  role?(datapath: Datapath, role: Role): void;
  /** Something happened after which the switch may have other rows than it had: it should be read soon. */
  doubted?(datapath: Datapath): void;
  closed?(datapath: Datapath, reason: ChannelError): void;
  /** An error that no request had caused, or an event's own. */
  failed?(datapath: Datapath, error: unknown): void;
}

/** A switch that is connected and has said who it is. */
export class Datapath {
  readonly id: bigint;
  readonly version: Version;
  readonly description: SwitchDesc;
  /** Of this switch's connections: 0 for the main one. */
  readonly auxiliaryId: number;
  readonly #connection: Connection;
  readonly #events: DatapathEvents;
  readonly #ports: Map<number, Port>;
  #role: Role = 'equal';
  #writing: Promise<unknown> = Promise.resolve();
  readonly #memory = new Memory();

  private constructor(connection: Connection, events: DatapathEvents, introduction: Introduced) {
    const { features, description, ports } = introduction;
    this.id = features.datapathId;
    this.auxiliaryId = features.auxiliaryId;
    this.version = connection.version;
    this.description = description;
    this.#connection = connection;
    this.#events = events;
    this.#ports = new Map(ports.map((port) => [port.portNo, port]));
  }

  /**
   * Greets the switch at the other end and asks it who it is.
   * @throws {ChannelError} it is no switch, speaks no version of ours, or does not answer in time
   */
  static async open(connection: Connection, events: DatapathEvents = {}): Promise<Datapath> {
    let datapath: Datapath | undefined;
    const early: Message[] = [];
    try {
      await connection.open({
        packetIn: (packet) => datapath?.call('packetIn', packet),
        // A port may change while the switch still introduces itself.
        message: (message) => (datapath === undefined ? early.push(message) : datapath.#take(message)),
        closed: (reason) => datapath?.call('closed', reason),
      });
      datapath = new Datapath(connection, events, await introduce(connection));
    } catch (error) {
      connection.close();
      throw error;
    }
    for (const message of early) datapath.#take(message);
    return datapath;
  }

  /** For a person: `switch 00000000000000a1`. */
  get name(): string {
    return nameOfSwitch(this.id);
  }

  /** Address and port of the switch's end. */
  get peer(): string {
    return this.#connection.peer;
  }

  get ports(): ReadonlyMap<number, Port> {
    return this.#ports;
  }

  get role(): Role {
    return this.#role;
  }

  get stats(): ChannelStats {
    return this.#connection.stats;
  }

  get connected(): boolean {
    return this.#connection.alive;
  }

  /**
   * Asks for a role, with the leader's fencing token as the generation. Who is refused becomes a slave.
   * @throws {StaleGenerationError} another controller came with a newer one
   * @throws {DatapathError | ChannelError}
   */
  async requestRole(role: Role, generation: bigint): Promise<void> {
    try {
      this.#role = await requestRole(this.#connection, this.name, role, generation);
    } catch (error) {
      if (error instanceof DatapathError) await this.demote();
      throw error;
    } finally {
      // Who was not the only one to write does not know what others wrote.
      this.#memory.forget();
    }
  }

  /** Writes nothing more until a role is granted, and tells the switch so: for who leads no longer. */
  async demote(): Promise<void> {
    this.#role = 'slave';
    this.#memory.forget();
    try {
      await giveUp(this.#connection);
    } catch (error) {
      // A switch without roles: that nothing is written is all that can be done.
      if (!(error instanceof SwitchRefusal)) throw error;
    }
  }

  /** Ballast's flows and groups as the switch has them now. */
  read(): Promise<Present> {
    return readPresent(this.#connection);
  }

  /**
   * Reads the switch, brings it to what is wanted by the least change, and reads it back. One at a time.
   * @throws {DatapathError} this controller is a slave there; the switch refuses a row, which the error names
   * @throws {ChannelError}
   */
  apply(desired: DesiredState): Promise<Outcome> {
    return this.#inTurn((known) => reconcile(known, desired));
  }

  /**
   * The same without reading, by what is remembered of the switch; `apply` where nothing is. The outcome says whether it
   * was verified; where it was not, `apply` is to follow.
   * @throws as `apply` does
   */
  push(desired: DesiredState): Promise<Outcome> {
    return this.#inTurn((known) => push(known, desired));
  }

  /** Sends a packet, without waiting. */
  packetOut(given: Partial<Omit<PacketOut, 'type'>>): void {
    this.#connection.send(packetOut(given));
  }

  /** Sends any message, without waiting; an error to it reaches `failed`. */
  send(body: Body): void {
    if (mayChangeRows(body.type)) this.#doubt();
    this.#connection.send(body);
  }

  /** Sends messages and a barrier. Rejects with the first refusal. */
  async write(bodies: readonly Body[]): Promise<void> {
    if (bodies.some(({ type }) => mayChangeRows(type))) this.#doubt();
    const refusals = await this.#connection.steps(bodies.map((body) => ({ body, name: body.type })));
    for (const refusal of refusals.values()) throw refusal;
  }

  /** Asks for counters or state of any kind. */
  query(query: MultipartQuery): Promise<MultipartAnswer> {
    return this.#connection.multipart(query);
  }

  close(): void {
    this.#connection.close();
  }

  #inTurn(work: (known: Known) => Promise<Outcome>): Promise<Outcome> {
    const turn = this.#writing.then(() => {
      if (this.#role === 'slave') throw isSlave(this.name);
      return work({ connection: this.#connection, name: this.name, memory: this.#memory });
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  #doubt(): void {
    this.#memory.forget();
    this.call('doubted');
  }

  private call(event: 'doubted'): void;
  private call(event: 'packetIn', given: PacketIn): void;
  private call(event: 'flowRemoved', given: FlowRemoved): void;
  private call(event: 'portStatus', given: PortStatus): void;
  private call(event: 'role', given: Role): void;
  private call(event: 'closed', given: ChannelError): void;
  private call(event: Exclude<keyof DatapathEvents, 'failed'>, given?: unknown): void {
    try {
      this.#events[event]?.(this, given as never);
    } catch (error) {
      this.#events.failed?.(this, error);
    }
  }

  /** What else comes (experimenters, later versions) is no fault, and nothing to us. */
  #take(message: Message): void {
    if (castsDoubt(message)) this.#doubt();
    if (message.type === 'flow_removed') this.call('flowRemoved', message);
    else if (message.type === 'port_status') this.#takePort(message);
    else if (message.type === 'role_status') this.#takeRole(roleNumbered(message.role));
    else if (message.type === 'error' || message.type === 'experimenter_error') {
      this.#events.failed?.(this, new SwitchRefusal('a message', message));
    }
  }

  #takePort(status: PortStatus): void {
    const { reason, port } = status;
    if (reason === OFPPR_DELETE) this.#ports.delete(port.portNo);
    else this.#ports.set(port.portNo, port);
    this.call('portStatus', status);
  }

  #takeRole(role: Role | undefined): void {
    if (role === undefined || role === this.#role) return;
    this.#role = role;
    this.#doubt();
    this.call('role', role);
  }
}

type Introduced = Awaited<ReturnType<typeof introduce>>;

function isSlave(name: string): DatapathError {
  return new DatapathError('switch-is-slave', `This controller is a slave of ${name} and may not change it.`, {
    hint: 'The master writes; take over by `requestRole` with a newer fencing token.',
  });
}
