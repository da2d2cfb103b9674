import { BallastError, type Instant } from '@ballast/core';
import type { PacketIn } from '@ballast/openflow';
import { type Controller, type Settled, startController } from '../controller/controller.ts';
import { type ControllerHooks, RETRY_INTERVAL } from '../controller/options.ts';
import type { Datapath } from '../datapath/datapath.ts';
import { hexOf } from '../datapath/errors.ts';
import type { Role } from '../datapath/roles.ts';
import type { DesiredState } from '../desired.ts';
import { probe as realProbe } from '../monitors/probes.ts';
import type { Outcome } from '../reconcile/reconcile.ts';
import { carriedServices } from '../registry/state.ts';
import type { TimedDeparture } from '../services/departures.ts';
import { purposeOf } from '../services/identity.ts';
import { Adopter } from './adopter.ts';
import { ConnectionCount } from './connection-count.ts';
import { DesiredStates } from './desired-states.ts';
import { linesOf } from './flow-lines.ts';
import { MemberHealth } from './member-health.ts';
import type { Balancer, BalancerOptions, FlowsOfSwitch, Lead, ServiceConnections, SwitchState } from './options.ts';
import { Punts } from './punts.ts';
import { Rollout } from './rollout.ts';
import { SwitchBook } from './switch-book.ts';
import { Whereabouts } from './whereabouts.ts';

const LINGER = 300_000;
const SLOW_START = 30_000;

/**
 * Listens for switches and keeps each at what the registry says: it compiles each change once for all of them, finds
 * out where members are and how they are, and chooses members where connections are counted.
 *
 * Who takes over from another, or from itself before a restart, goes on from the tables that the switches carry. One
 * that was never told of a service leaves a switch that carries some as it is.
 * @throws {ChannelError} `channel-listen`, `channel-tls`
 */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const running = new RunningBalancer(options);
  await running.start();
  return running;
}

class RunningBalancer implements Balancer {
  readonly #options: BalancerOptions;
  readonly #states: DesiredStates;
  readonly #punts = new Punts();
  readonly #book = new SwitchBook();
  readonly #adopter: Adopter;
  readonly #health: MemberHealth;
  readonly #whereabouts: Whereabouts;
  readonly #count: ConnectionCount;
  readonly #rollout: Rollout;
  readonly #begun = new WeakMap<Datapath, Instant>();
  readonly #ended = new AbortController();
  #controller: Controller | undefined;
  #generation: bigint;
  #unsubscribe: () => void = () => undefined;

  constructor(options: BalancerOptions) {
    const { registry, clock, events = {}, recheckInterval: interval } = options;
    this.#options = options;
    this.#generation = options.lead?.generation ?? 0n;
    this.#states = new DesiredStates(registry.state, options.departures ?? []);
    this.#adopter = new Adopter(registry, this.#states);
    const failed = (error: unknown): void => this.#failed(undefined, error);
    const switches = (): Iterable<Datapath> => this.#controller?.datapaths.values() ?? [];
    const { probe = realProbe, slowStart = SLOW_START } = options;
    this.#health = new MemberHealth({
      registry,
      clock,
      probe,
      slowStart,
      changed: (target, health) => events.health?.(target, health),
      failed,
    });
    this.#whereabouts = new Whereabouts({ registry, clock, switches, guestPorts: options.guestPorts });
    this.#count = new ConnectionCount({
      clock,
      punts: this.#punts,
      switches,
      interval,
      failed: (datapath, error) => this.#failed(datapath, error),
    });
    this.#rollout = new Rollout({
      registry,
      states: this.#states,
      clock,
      linger: options.linger ?? LINGER,
      controller: () => this.#controller,
      attended: () => this.#adopter.attended,
      updated: () => this.#updated(),
      failed,
      refused: ({ datapath, error }) => this.#failed(datapath, error),
    });
  }

  async start(): Promise<void> {
    const { registry, listen, tls, clock, lead, limits, recheckInterval } = this.#options;
    this.#unsubscribe = registry.onChange(() => void this.#rollout.schedule());
    this.#rollout.update();
    try {
      this.#controller = await startController({
        listen,
        clock,
        ...(tls !== undefined && { tls }),
        ...(limits !== undefined && { limits }),
        ...(recheckInterval !== undefined && { recheckInterval }),
        ...lead,
        hooks: this.#hooks(),
      });
    } catch (error) {
      await this.#end();
      throw error;
    }
    await this.#controller.setDesired((datapath) => this.#desiredOf(datapath));
    void this.#count.run();
  }

  get address(): { readonly host: string; readonly port: number } {
    return this.#controller?.address ?? this.#options.listen;
  }

  get role(): Role {
    return this.#controller?.role ?? 'equal';
  }

  get generation(): bigint {
    return this.#generation;
  }

  switches(): readonly SwitchState[] {
    return this.#book.states();
  }

  connections(): readonly ServiceConnections[] {
    return this.#punts.connections();
  }

  departures(): readonly TimedDeparture[] {
    return this.#states.departures;
  }

  async flows(switchId: string): Promise<FlowsOfSwitch | undefined> {
    const datapath = [...(this.#controller?.datapaths.values() ?? [])].find(({ id }) => hexOf(id) === switchId);
    if (datapath === undefined) return undefined;
    return linesOf(await datapath.read(), carriedServices(this.#options.registry.state));
  }

  async lead({ role, generation }: Lead): Promise<readonly Settled[]> {
    const controller = this.#controller;
    if (controller === undefined || this.#ended.signal.aborted) return [];
    // Nothing is written before the role is known to be granted and the switches have been looked at.
    this.#adopter.begin();
    this.#generation = generation;
    const granted = await controller.setRole(role, generation);
    const willing = granted.filter((one) => !('error' in one)).map(({ datapath }) => datapath);
    await Promise.all(willing.map((datapath) => this.#look(datapath)));
    this.#rollout.update();
    const settled = await this.#rollout.push();
    return granted.map((one) =>
      'error' in one ? one : (settled.find(({ datapath }) => datapath === one.datapath) ?? one),
    );
  }

  settled(): Promise<void> {
    return this.#rollout.settled();
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.#controller?.stop();
  }

  async #end(): Promise<void> {
    this.#ended.abort();
    this.#unsubscribe();
    this.#rollout.stop();
    this.#whereabouts.stop();
    this.#count.stop();
    await this.#health.stop();
  }

  #hooks(): ControllerHooks {
    const { events = {} } = this.#options;
    return {
      connected: (datapath) => void this.#welcome(datapath),
      disconnected: (datapath, reason) => this.#farewell(datapath, reason),
      packetIn: (datapath, packet) => this.#take(datapath, packet),
      flowRemoved: (datapath, flow) => void this.#punts.ended(datapath.id, flow),
      portStatus: (datapath, status) => this.#whereabouts.portChanged(datapath, status),
      role: (datapath, role) => events.role?.(hexOf(datapath.id), role),
      reconciled: (datapath, outcome) => this.#reconciled(datapath, outcome),
      failed: (datapath, error) => this.#failed(datapath, error),
    };
  }

  #updated(): void {
    const { state } = this.#options.registry;
    this.#punts.update(carriedServices(state), this.#states.placements);
    this.#health.update(state);
    this.#whereabouts.look();
  }

  #desiredOf(datapath: Datapath): DesiredState | undefined {
    if (!this.#adopter.mayWrite(datapath)) return undefined;
    const desired = this.#states.of(datapath.id);
    if (desired === undefined) return undefined;
    this.#begun.set(datapath, this.#options.clock.now());
    this.#book.given(datapath, this.#states.version, desired);
    return desired;
  }

  /** Looks at a switch that has connected until it is known what it carries; then it is brought to what is wanted. */
  async #welcome(datapath: Datapath): Promise<void> {
    const { clock, events = {} } = this.#options;
    this.#book.open(datapath);
    events.connected?.(hexOf(datapath.id), datapath.peer);
    while (!(await this.#look(datapath))) {
      if (!datapath.connected || this.#ended.signal.aborted) return;
      await clock.sleep(RETRY_INTERVAL, this.#ended.signal).catch(() => undefined);
    }
    await this.#rollout.schedule();
  }

  /** Whether it is known now what the switch carries. */
  async #look(datapath: Datapath): Promise<boolean> {
    try {
      await this.#adopter.adopt(datapath);
    } catch (error) {
      this.#failed(datapath, error);
      return false;
    }
    if (!this.#adopter.mayWrite(datapath)) this.#failed(datapath, strangeServices(datapath.name));
    this.#whereabouts.greet(datapath);
    void this.#count.recount(datapath);
    return true;
  }

  #farewell(datapath: Datapath, reason: Error): void {
    this.#book.close(datapath);
    this.#adopter.forget(datapath);
    const { id, peer, stats } = datapath;
    this.#options.events?.disconnected?.(hexOf(id), reason, { peer, channel: stats });
  }

  #take(datapath: Datapath, packet: PacketIn): void {
    const answer = this.#punts.admit(datapath.id, packet);
    if (answer !== undefined) datapath.packetOut(answer);
    else if (purposeOf(packet.cookie) === 'watch') this.#whereabouts.heard(datapath, packet);
  }

  #reconciled(datapath: Datapath, outcome: Outcome): void {
    this.#book.carried(datapath);
    if (outcome.changes.length === 0) return;
    const now = this.#options.clock.now();
    this.#options.events?.reconciled?.(hexOf(datapath.id), outcome, now - (this.#begun.get(datapath) ?? now));
  }

  /** What fails with the connection is told by its end. */
  #failed(datapath: Datapath | undefined, error: unknown): void {
    if (datapath?.connected === false) return;
    if (datapath !== undefined) this.#book.failed(datapath, error);
    this.#options.events?.failed?.(error, datapath === undefined ? undefined : hexOf(datapath.id));
  }
}

function strangeServices(name: string): BallastError {
  return new BallastError(
    'switch-strange-services',
    `${name} carries services that this flow manager was never told of; they are left as they are.`,
    { hint: 'Tell it of its services (in its configuration, or with PUT /v1/services/{name}): then it takes over.' },
  );
}
