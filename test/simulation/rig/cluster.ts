import { GIB, type Instant, type NodeName } from '@ballast/core';
import {
  changeGuest,
  changeNode,
  DEFAULT_TOKEN,
  type DirectRequest,
  type InProcessSimulator,
  type Reply,
  simulateInProcess,
  step,
  syntheticWorld,
  type World,
} from '@ballast/pve-simulator';
import type { Agenda } from '../engine/agenda.ts';
import { CORES } from '../scenario/scenario.ts';
import type { Scenario, ScenarioGuest } from '../scenario/types.ts';

/** Monday noon. */
export const START: Instant = Date.UTC(2026, 0, 5, 12);
/** A migration of some 10 to 40 s: long enough for something to happen in it. */
const BANDWIDTH = 120_000_000;

/** Somebody else who may do everything. */
const SOMEBODY = {
  id: 'root@pam!admin',
  secret: '0f9f6f43-7a0f-4b5e-8f05-2b6e4d7c9a10',
  role: 'Administrator',
} as const;

/** The simulated cluster, at the time of the agenda. */
export class Cluster {
  readonly simulator: InProcessSimulator;
  /** Nodes that take requests and answer none. */
  readonly hanging: Set<NodeName> = new Set<NodeName>();
  readonly #agenda: Agenda;

  constructor(scenario: Scenario, agenda: Agenda) {
    this.#agenda = agenda;
    this.simulator = simulateInProcess({ world: worldOf(scenario), tokens: [DEFAULT_TOKEN, SOMEBODY] });
  }

  /** The cluster now. */
  get world(): World {
    const behind = this.#agenda.now - this.simulator.world.now;
    if (behind > 0) this.simulator.advance(behind);
    return this.simulator.world;
  }

  update(change: (world: World) => World): void {
    void this.world;
    this.simulator.update(change);
  }

  answer(request: DirectRequest): Reply {
    void this.world;
    return this.simulator.answer(request);
  }

  /** What an administrator asks for. */
  administer(method: string, path: string, params: Readonly<Record<string, string>> = {}): Reply {
    const headers = { authorization: `PVEAPIToken=${SOMEBODY.id}=${SOMEBODY.secret}` };
    return this.answer({ entry: 'pve1', method, path: `/api2/json${path}`, params, headers });
  }
}

function worldOf({ seed, nodes, guests }: Scenario): World {
  const built = syntheticWorld({ nodes: nodes.length, guests: guests.length, seed, now: START - 40_000 });
  const equal = nodes.reduce((world, name) => changeNode(world, name, asNode), built);
  const filled = guests.reduce((world, guest) => changeGuest(world, guest.id, (made) => asGuest(made, guest)), equal);
  return step(filled, START - filled.now);
}

function asNode(node: World['nodes'][number]): World['nodes'][number] {
  return { ...node, cores: CORES, memory: 64 * GIB, baseCores: 0.3, baseMemory: 2 * GIB, bandwidth: BANDWIDTH };
}

function asGuest(
  made: World['guests'][number],
  { node, vcpus, memory, cores, tags, container, ha }: ScenarioGuest,
): World['guests'][number] {
  const { ha: _, lock: _lock, ...rest } = made;
  return {
    ...rest,
    kind: container ? 'lxc' : 'qemu',
    node,
    vcpus,
    memory: memory * GIB,
    tags,
    demand: { kind: 'constant', ratio: cores / vcpus },
    memoryDemand: { kind: 'constant', ratio: 0.6 },
    dirtyRate: 3_000_000,
    localDisks: [],
    localResources: [],
    ...(ha ? { ha: { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const } : {}),
  };
}
