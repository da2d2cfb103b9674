import { Fabric, type Host, PROGRAMS, type Program } from '@ballast/ovs-lab';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  type CompileInput,
  compileShared,
  type Placement,
  type SlotTables,
  slotTables,
  stateOfSwitch,
  type VirtualService,
} from '../../src/index.ts';
import { somePlacements } from '../services/builders.ts';
import { Channel } from './channel.ts';

/** Which member greeted each connection. */
export interface Spread {
  /** By source port. */
  readonly members: Readonly<Record<string, string>>;
  readonly failures: readonly string[];
}

export interface SpreadOptions {
  readonly protocol?: 'tcp' | 'udp';
  readonly address?: string;
  readonly port?: number;
  /** The client's own address, where it has several. */
  readonly from?: string;
  readonly firstPort?: number;
}

/** A client `c1` at port 1 and members `b1` to `b4` at ports 11 to 14 of `br0`, with a link to `br1`. */
export class Network {
  readonly fabric = new Fabric();
  readonly hosts: Host[] = [];
  readonly programs: Program[] = [];
  tables: SlotTables | undefined;
  #client: Host | undefined;
  #channels: readonly [Channel, Channel] | undefined;

  get client(): Host {
    if (this.#client === undefined) throw new Error('Expected the network to be up');
    return this.#client;
  }

  host(name: string): Host {
    const host = this.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`Expected a host ${name}`);
    return host;
  }

  /** To `br0`. */
  get channel(): Channel {
    if (this.#channels === undefined) throw new Error('Expected the network to be up');
    return this.#channels[0];
  }

  async start(): Promise<void> {
    await this.fabric.start();
    this.#client = await this.fabric.host('c1', 1);
    for (const n of [1, 2, 3, 4]) {
      const host = await this.fabric.host(`b${n}`, 10 + n);
      this.hosts.push(host);
      this.programs.push(this.fabric.program(host, PROGRAMS.member, `b${n}`, '8080'));
    }
    const channels = [new Channel(this.fabric.management('br0')), new Channel(this.fabric.management('br1'))] as const;
    this.#channels = channels;
    await Promise.all([...channels.map((one) => one.open()), ...this.programs.map((program) => program.line())]);
  }

  async stop(): Promise<void> {
    for (const channel of this.#channels ?? []) channel.close();
    await this.fabric.stop();
  }

  /** Brings both switches to the services, going on from the tables in use. */
  async carry(services: readonly VirtualService[], more: Partial<CompileInput> = {}): Promise<void> {
    const placements: readonly Placement[] = more.placements ?? somePlacements;
    const previous = this.tables;
    const tables = slotTables({ services, placements, ...(previous !== undefined && { previous }) });
    this.tables = tables;
    const shared = compileShared({ services, placements, tables, ...more });
    await Promise.all(
      (this.#channels ?? []).map((channel, i) =>
        channel.apply(stateOfSwitch(shared, { placements, dpid: BigInt(i + 1), links: this.fabric.links })),
      ),
    );
  }

  /** Opens so many connections from fixed source ports; all of them have to be answered. */
  async spread(count: number, given: SpreadOptions = {}): Promise<Spread> {
    const { protocol = 'tcp', address = '10.9.0.100', port = 80, from = '', firstPort = 10_000 } = given;
    const args = [protocol, address, String(port), String(firstPort), String(count), from];
    const result: Spread = JSON.parse(await this.fabric.program(this.client, PROGRAMS.spread, ...args).line());
    if (result.failures.length > 0)
      throw new Error(`Expected answers to all, got ${result.failures.slice(0, 3).join('; ')}`);
    return result;
  }
}

/** A network for the tests of a file; connections are forgotten between them. */
export function aNetwork(): Network {
  const network = new Network();
  beforeAll(() => network.start());
  afterEach(() => network.fabric.forgetConnections());
  afterAll(() => network.stop());
  return network;
}

/** Connections by member. */
export function countsOf({ members }: Spread): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of Object.values(members)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** How many of the same source ports met another member. */
export function movedBetween(a: Spread, b: Spread): number {
  return Object.keys(a.members).filter((port) => a.members[port] !== b.members[port]).length;
}
