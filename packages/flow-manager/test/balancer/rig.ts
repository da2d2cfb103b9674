import { Fabric, type Host, PROGRAMS, type Program, until } from '@ballast/ovs-lab';
import { afterAll, beforeAll } from 'vitest';
import {
  type Balancer,
  type BalancerOptions,
  putService,
  Registry,
  type ServiceSpec,
  startBalancer,
} from '../../src/index.ts';
import { wallClock } from '../support/clock.ts';

export const PORT = 8080;

/** A balancer, what it was told of, and what went wrong. */
export interface Seat {
  readonly balancer: Balancer;
  readonly registry: Registry;
  readonly failures: readonly string[];
}

/** Real switches that are joined to this machine, a client `c1`, members `b1` to `b4`, and balancers on free ports. */
export class Rig {
  readonly fabric: Fabric;
  readonly members: Host[] = [];
  readonly programs: Program[] = [];
  readonly #seats: Seat[] = [];
  #client: Host | undefined;

  constructor(apart: boolean) {
    this.fabric = new Fabric({ apart, joined: true });
  }

  get client(): Host {
    if (this.#client === undefined) throw new Error('Expected the fabric to be up.');
    return this.#client;
  }

  get vip(): string {
    return this.fabric.network.address(100);
  }

  async start(): Promise<void> {
    await this.fabric.start();
    this.#client = await this.fabric.host('c1', 1);
    for (const n of [1, 2, 3, 4]) {
      const host = await this.fabric.host(`b${n}`, 10 + n);
      this.members.push(host);
      this.programs.push(this.fabric.program(host, PROGRAMS.member, `b${n}`, String(PORT)));
    }
    await Promise.all(this.programs.map((program) => program.line()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#seats.map(({ balancer }) => balancer.stop()));
    await this.fabric.stop();
  }

  /** Starts a balancer; it does not know where members are, but what ports that lead to guests are called. */
  async seat(options: Partial<BalancerOptions> = {}): Promise<Seat> {
    const registry = options.registry ?? new Registry();
    const failures: string[] = [];
    const balancer = await startBalancer({
      listen: { host: this.fabric.controlAddress, port: 0 },
      clock: wallClock,
      guestPorts: /^v-[bc]\d$/,
      ...options,
      registry,
      events: { ...options.events, failed: (error) => failures.push(String(error)) },
    });
    const seat = { balancer, registry, failures };
    this.#seats.push(seat);
    return seat;
  }

  /** Lets the switches connect to these balancers, in this order. */
  async connect(...seats: readonly Seat[]): Promise<void> {
    await this.fabric.connect(seats.map(({ balancer }) => `tcp:${balancer.address.host}:${balancer.address.port}`));
  }

  /** The service `shop` at the VIP, over the members of these numbers. */
  shop(fields: Partial<ServiceSpec> = {}, numbers: readonly number[] = [1, 2, 3, 4]): ServiceSpec {
    return {
      name: 'shop',
      vip: { address: this.vip, port: 80 },
      protocol: 'tcp',
      algorithm: 'weighted',
      members: numbers.map((n) => ({ guest: 100 + n, address: this.fabric.network.address(10 + n), port: PORT })),
      ...fields,
    };
  }

  /** Tells balancers of a service, as somebody would tell both of a pair. */
  tell(spec: ServiceSpec, ...seats: readonly Seat[]): void {
    for (const { registry } of seats) registry.change((state) => putService(state, spec));
  }

  /** New connections from fixed source ports, by member. */
  async spread(count: number, firstPort = 10_000): Promise<Readonly<Record<string, number>>> {
    const args = ['tcp', this.vip, '80', String(firstPort), String(count), ''];
    const { members, failures } = JSON.parse(await this.fabric.program(this.client, PROGRAMS.spread, ...args).line());
    if (failures.length > 0) throw new Error(`Expected answers to all, got ${failures.slice(0, 3).join('; ')}`);
    const counts: Record<string, number> = {};
    for (const name of Object.values<string>(members)) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  /** Open connections to the VIP, or to another end, all of them greeted. */
  async hold(count: number, [address, port]: readonly [string, number] = [this.vip, 80]): Promise<Program> {
    const held = this.fabric.program(this.client, PROGRAMS.hold, address, String(port), String(count));
    await held.line();
    return held;
  }

  /**
   * Open connections by no table of ours: what they wait for is the machine that the test runs on. At a port of its own:
   * from the client's side a connection to a member itself could be the same as one by the VIP.
   */
  async holdBeside(count: number): Promise<Program> {
    const [, host] = this.members;
    if (host === undefined) throw new Error('Expected the fabric to be up.');
    await this.fabric.program(host, PROGRAMS.member, host.name, String(PORT + 1)).line();
    return await this.hold(count, [host.address, PORT + 1]);
  }
}

/** A rig for the tests of a file. */
export function aRig(given: { readonly apart: boolean }): Rig {
  const rig = new Rig(given.apart);
  beforeAll(() => rig.start());
  afterAll(() => rig.stop());
  return rig;
}

/** Waits until a balancer has found so many members. */
export async function placed({ registry, balancer, failures }: Seat, count: number): Promise<void> {
  const places = (): number =>
    [...registry.state.places.byAddress.values()].filter(({ at }) => at !== undefined).length;
  try {
    await until(() => places() >= count, `${count} members to be found`);
  } catch (cause) {
    const known = JSON.stringify({ places: places(), switches: balancer.switches(), failures });
    throw new Error(`Expected ${count} members to be found, got ${known}.`, { cause });
  }
}

/** Ten more replies for each held connection. */
export async function goesOn(held: Program, connections: number): Promise<void> {
  const replies = async (): Promise<number> => JSON.parse(await held.ask('how')).replies;
  const goal = (await replies()) + 10 * connections;
  await until(async () => (await replies()) >= goal, `ten more replies over each of ${connections} connections`);
}
