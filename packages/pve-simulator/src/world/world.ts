import type {
  Bytes,
  BytesPerSecond,
  Cores,
  GuestId,
  GuestKind,
  Instant,
  Milliseconds,
  NodeName,
  Ratio,
} from '@ballast/core';
import type { Demand } from './demand.ts';
import type {
  BackupJob,
  DeviceMapping,
  GuestSnapshot,
  HaCommand,
  HaGroup,
  HaRule,
  HaService,
  Published,
  ReplicationJob,
  RrdMinute,
  WorldJob,
  WorldMigration,
  WorldTask,
} from './records.ts';

/** What a host does now. Counters run from its boot. */
export interface NodeActivity {
  /** Cores asked for by guests, the host's own work and migrations together; may exceed the node's cores. */
  readonly asked: Cores;
  /** Cores that are busy; never more than the node has. */
  readonly granted: Cores;
  readonly memoryUsed: Bytes;
  /** Share of time in which some task waits for a CPU, as PSI has it. */
  readonly cpuSome: Ratio;
  readonly memorySome: Ratio;
  /** Core-milliseconds. */
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
}

/** A host. */
export interface WorldNode {
  readonly name: NodeName;
  readonly address: string;
  readonly online: boolean;
  /** When it was last seen, while it is offline. */
  readonly offlineSince?: Instant;
  /** In HA maintenance: it takes no guests. */
  readonly maintenance: boolean;
  /** Threads. */
  readonly cores: Cores;
  readonly memory: Bytes;
  /** What the host needs for itself. */
  readonly baseCores: Cores;
  readonly baseMemory: Bytes;
  /** Of the network that migrations use. */
  readonly bandwidth: BytesPerSecond;
  readonly bootedAt: Instant;
  /** Since when its pvestatd hangs: the figures of the node and its guests stay as they were. */
  readonly silentSince?: Instant;
  /** How far its clock is ahead of the others'. */
  readonly clockSkew?: Milliseconds;
  /** Its own version of Proxmox VE, in a cluster that is being upgraded. */
  readonly version?: string;
  /** The model of its CPUs. */
  readonly cpuModel?: string;
  /** Its flags, as /proc/cpuinfo has them; those of the third level of x86-64 when left out. */
  readonly cpuFlags?: string;
  readonly activity: NodeActivity;
}

/** What a guest does now. Counters run from the start of its process. */
export interface GuestActivity {
  readonly asked: Cores;
  readonly granted: Cores;
  readonly memoryUsed: Bytes;
  /** Share of time in which it waits for a CPU. */
  readonly cpuSome: Ratio;
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
  readonly diskRead: Bytes;
  readonly diskWrite: Bytes;
}

/** A disk on storage that is not shared, copied along when its guest moves. */
export interface LocalDisk {
  /** Such as `local-lvm:vm-100-disk-0`. */
  readonly volume: string;
  readonly size: Bytes;
}

export interface WorldGuest {
  readonly id: GuestId;
  readonly kind: GuestKind;
  readonly name: string;
  readonly node: NodeName;
  readonly status: 'running' | 'stopped';
  readonly template: boolean;
  readonly vcpus: number;
  readonly memory: Bytes;
  readonly diskSize: Bytes;
  readonly tags: readonly string[];
  readonly pool?: string;
  /** A lock of the configuration, such as `backup`; a live migration sets `migrate`. */
  readonly lock?: string;
  readonly ha?: HaService;
  readonly localDisks: readonly LocalDisk[];
  /** Devices of the host, such as `hostpci0`: the guest cannot leave. */
  readonly localResources: readonly string[];
  /** Devices by the name of a mapping, such as `hostpci0: gpu`: by option and mapping. */
  readonly mappedResources?: Readonly<Record<string, string>>;
  /** What lies in its drive, such as `local:iso/debian.iso`. */
  readonly cdrom?: string;
  /** Options of the configuration that differ from what is derived from the rest; `null` for one that was deleted. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Changes that wait for the next start. */
  readonly pending?: Readonly<Record<string, OptionValue>>;
  /** Oldest first. */
  readonly snapshots?: readonly GuestSnapshot[];
  /** Suspended: it holds its memory and does nothing. */
  readonly paused?: boolean;
  /** Whether the guest agent runs and tells addresses. */
  readonly agent: boolean;
  /** It is configured and does not answer. */
  readonly agentSilent?: boolean;
  readonly addresses: readonly string[];
  readonly demand: Demand;
  /** Its memory in use, as a share of its memory. */
  readonly memoryDemand: Demand;
  /** CPU that traffic from outside asks for, on top of `demand`. */
  readonly trafficCores: Cores;
  /** How fast it writes to its memory; by default in proportion to its busy cores. */
  readonly dirtyRate?: BytesPerSecond;
  /** Start of its process: uptime and counters run from here, a migration begins anew. */
  readonly startedAt: Instant;
  readonly activity: GuestActivity;
}

/** A value of an option; `null` for none. */
export type OptionValue = string | number | null;

export interface WorldStorage {
  readonly storage: string;
  readonly type: string;
  readonly shared: boolean;
  readonly content: string;
  readonly size: Bytes;
  readonly used: Bytes;
  /** Nodes that have it; all when absent. */
  readonly nodes?: readonly NodeName[];
  readonly disabled?: boolean;
}

/** The constants of the simulation. */
export interface WorldSettings {
  /** Cycle of pvestatd: reported figures step this often. */
  readonly broadcast: Milliseconds;
  /** Demand is read on this grid, so that the cut of time into steps does not show in it. */
  readonly demandGrid: Milliseconds;
  /** Cycle of the HA manager. */
  readonly haRound: Milliseconds;
  /** Cores that a migration costs on each of its two nodes. */
  readonly migrationCores: Cores;
  /** Memory written per busy core, for guests without a dirty rate of their own. */
  readonly dirtyRatePerCore: BytesPerSecond;
  /** Until the process on the target is up and listens. */
  readonly prepareTime: Milliseconds;
  /** Cleaning up after the switch-over. */
  readonly finishTime: Milliseconds;
  /** Until a container is shut down. */
  readonly shutdownTime: Milliseconds;
  /** Until a container is up on its target. */
  readonly bootTime: Milliseconds;
  /** First limit of the downtime; doubled each time the rest has not become less for `patience`. */
  readonly downtimeLimit: Milliseconds;
  readonly patience: Milliseconds;
  /** Figures older than this are dropped by the cluster file system. */
  readonly expiry: Milliseconds;
  /** Finished tasks that are remembered. */
  readonly taskLimit: number;
}

/** A failure that awaits migrations. */
export interface MigrationFailure {
  /** Any guest when absent. */
  readonly guest?: GuestId;
  /** How many migrations still fail. */
  readonly times: number;
  /** In which phase it strikes. */
  readonly phase: 'prepare' | 'copy';
  /** `fail` when absent; `stall` never comes to an end, `warn` ends with a warning. */
  readonly manner?: 'fail' | 'stall' | 'warn';
  readonly reason: string;
}

/** The scheduler's settings, as the datacenter options carry them. */
export type CrsOptions = Readonly<Record<string, string | number>>;

/** A whole cluster at one moment, as plain data. */
export interface World {
  readonly now: Instant;
  readonly seed: number;
  readonly cluster: string;
  /** Version of Proxmox VE, such as `9.2.11`. */
  readonly version: string;
  readonly quorate: boolean;
  readonly settings: WorldSettings;
  readonly crs: CrsOptions;
  readonly nodes: readonly WorldNode[];
  readonly guests: readonly WorldGuest[];
  readonly storages: readonly WorldStorage[];
  readonly pools: readonly { readonly id: string; readonly comment?: string }[];
  readonly rules: readonly HaRule[];
  /** Groups of the HA manager, before Proxmox VE 9. */
  readonly groups: readonly HaGroup[];
  /** `armed`, or what has become of it since it was disarmed. */
  readonly armed: 'armed' | 'freeze' | 'ignore';
  /** For how many rounds of HA the native balancer has seen too much imbalance. */
  readonly imbalancedRounds: number;
  readonly replications: readonly ReplicationJob[];
  readonly backups: readonly BackupJob[];
  readonly mappings: readonly DeviceMapping[];
  /** Options of the datacenter beside `crs`, as they were set. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly jobs: readonly WorldJob[];
  readonly commands: readonly HaCommand[];
  readonly migrations: readonly WorldMigration[];
  /** Oldest first. */
  readonly tasks: readonly WorldTask[];
  /** Numbers process ids of tasks. */
  readonly serial: number;
  readonly failures: readonly MigrationFailure[];
  readonly published: Published;
  /** The last hour, a row a minute, oldest first. */
  readonly rrd: readonly RrdMinute[];
}

export function nodeOf(world: World, name: NodeName): WorldNode | undefined {
  return world.nodes.find((node) => node.name === name);
}

export function guestOf(world: World, id: GuestId): WorldGuest | undefined {
  return world.guests.find((guest) => guest.id === id);
}

/** The world with one guest changed. */
export function changeGuest(world: World, id: GuestId, change: (guest: WorldGuest) => WorldGuest): World {
  return { ...world, guests: world.guests.map((guest) => (guest.id === id ? change(guest) : guest)) };
}

/** The world with one node changed. */
export function changeNode(world: World, name: NodeName, change: (node: WorldNode) => WorldNode): World {
  return { ...world, nodes: world.nodes.map((node) => (node.name === name ? change(node) : node)) };
}

/** The guest without its configuration lock. */
export function unlocked(guest: WorldGuest): WorldGuest {
  const { lock: _lock, ...rest } = guest;
  return rest;
}

/** The first number of its version. */
export function majorOf(world: Pick<World, 'version'>): number {
  return Number.parseInt(world.version, 10);
}
