import type {
  BalancePolicy,
  Budgets,
  BytesPerSecond,
  ExecutionPolicy,
  GuestId,
  Milliseconds,
  Mode,
  NodeName,
  Rule,
  Service,
  WeightPolicy,
} from '@ballast/core';

/** A configuration file, read whole: defaults filled in, references to secrets resolved. */
export interface Config {
  /** The file it was read from. */
  readonly source: string;
  readonly cluster: ClusterConfig;
  readonly mode: Mode;
  /** When rounds start: a cron expression, with an optional leading field of seconds. */
  readonly schedule: string;
  readonly balance: BalancePolicy;
  readonly budgets: Budgets;
  readonly execution: ExecutionPolicy;
  readonly weights: WeightPolicy;
  readonly rules: readonly RuleDefinition[];
  /** Of each node the labels that rules may tell places apart by. */
  readonly labels: Readonly<Record<NodeName, Readonly<Record<string, string>>>>;
  readonly services: readonly Service[];
  readonly targets: readonly TargetConfig[];
  readonly listen: ListenConfig;
  readonly state: {
    readonly directory: string;
    /** Keeps the history instead of the directory, and the lease of the operators. */
    readonly redis?: RedisConfig;
  };
  readonly log: LogConfig;
  /** How long a stopping operator waits for the round and the migrations that run. */
  readonly grace: Milliseconds;
}

/** A Redis that several operators share. */
export interface RedisConfig {
  /** `redis://HOST:PORT/DATABASE`, `redis+sentinel://HOST:PORT,.../MASTER` or `redis+cluster://HOST:PORT,...`; `rediss` for TLS. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly sentinelPassword?: string;
  /** Certificates of the authorities to trust, PEM. */
  readonly ca?: string;
  readonly timeout: Milliseconds;
  /** How long the lease of the operator that leads lasts when it is not prolonged. */
  readonly lease: Milliseconds;
}

/** How the cluster is reached. */
export interface ClusterConfig {
  /** Ballast's own name for the cluster, in logs and reports. */
  readonly name: string;
  /** Base URLs of nodes, such as `https://pve1.example.com:8006`; tried in this order. */
  readonly endpoints: readonly string[];
  readonly auth: AuthConfig;
  readonly tls: TlsConfig;
  /** Longest wait for one answer. */
  readonly timeout: Milliseconds;
  /** Further attempts of a request that is safe to repeat. */
  readonly retries: number;
  /** Beyond them guests are inspected in the next round. */
  readonly requestsPerRound: number;
  /** Tags of guests that begin with one of these state rules. */
  readonly tagPrefixes: readonly string[];
  readonly migration: MigrationConfig;
}

/** An API token (`id` is USER@REALM!NAME), or a user with a password. */
export type AuthConfig =
  | { readonly kind: 'token'; readonly id: string; readonly secret: string }
  | { readonly kind: 'ticket'; readonly username: string; readonly password: string };

/** How the nodes' certificates are verified; by the authorities that Node trusts when nothing is set. */
export interface TlsConfig {
  /** Certificates of the authorities to trust, PEM. */
  readonly ca?: string;
  /** SHA-256 fingerprints, `AB:CD:...` in upper case; a node must present one of them. */
  readonly fingerprints?: readonly string[];
  /** Verify nothing. */
  readonly insecure?: boolean;
}

/** How migrations are asked for. */
export interface MigrationConfig {
  /** Copy disks that are not shared along; the same as {@link BalancePolicy.localDisks}. */
  readonly localDisks: boolean;
  /** Storage on the target that takes local disks; the same as on the source when it is left out. */
  readonly targetStorage?: string;
  /** Upper bound of one migration; the cluster's own when it is left out. */
  readonly bandwidthLimit?: BytesPerSecond;
  /** How long a container may take to shut down before it moves. */
  readonly containerTimeout: Milliseconds;
  /** Take the connection tracking of the host's firewall along, where Proxmox VE can (9 and later). */
  readonly conntrack: boolean;
}

/** Where /metrics, /healthz and /readyz are served. */
export interface ListenConfig {
  readonly host: string;
  readonly port: number;
  /** Bearer token that /metrics asks for. */
  readonly token?: string;
}

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `auto`: pretty on a terminal, JSON lines anywhere else. */
  readonly format: (typeof LOG_FORMATS)[number];
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;

/** An HAProxy, reached by its runtime socket. */
export interface HaproxyTargetConfig {
  readonly kind: 'haproxy';
  readonly name: string;
  readonly address:
    | { readonly kind: 'unix'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  readonly timeout: Milliseconds;
  /** Find a member's server by its name, or by its address and port. */
  readonly match: 'name' | 'address';
  /** Template of the names of backends. */
  readonly backend: string;
  /** Template of the names of servers. */
  readonly server: string;
  /** Guest name or vmid -> `backend/server`, or `server` in the service's backend. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** A flow manager of Ballast, reached by its REST API. */
export interface FlowManagerTargetConfig {
  readonly kind: 'flow-manager';
  readonly name: string;
  readonly url: string;
  readonly token?: string;
  readonly timeout: Milliseconds;
  /** Services that have a VIP are made there. */
  readonly manage: boolean;
}

/** A stock Ryu or os-ken, reached by its ofctl_rest. */
export interface RyuTargetConfig {
  readonly kind: 'ryu';
  readonly name: string;
  readonly url: string;
  /** Of a proxy that stands before it. */
  readonly token?: string;
  readonly timeout: Milliseconds;
  /** Ids of the switches that have the groups, such as `0x13`. */
  readonly datapaths: readonly string[];
}

/** A load balancer that takes weights. */
export type TargetConfig = HaproxyTargetConfig | FlowManagerTargetConfig | RyuTargetConfig;

/** Chooses the guests of a rule; a guest that matches any of the lists is chosen. */
export interface RuleSelector {
  readonly tags: readonly string[];
  /** Resource pools of Proxmox VE. */
  readonly pools: readonly string[];
  /** By vmid, or by name. */
  readonly guests: readonly (GuestId | string)[];
}

/** A rule as the configuration states it; {@link compileRules} finds its guests. */
export interface RuleDefinition {
  readonly name: string;
  readonly kind: Rule['kind'];
  readonly match: RuleSelector;
  /** Of a pin alone; empty for the others. */
  readonly nodes: readonly NodeName[];
  /** The label that tells places apart; the nodes themselves when left out. */
  readonly topology?: string;
  /** Of a pin with a topology: the values of that label. */
  readonly places?: readonly string[];
}
