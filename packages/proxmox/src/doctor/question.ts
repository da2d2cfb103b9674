import type { Clock, Coexistence, Milliseconds } from '@ballast/core';
import type { Engine } from '../http/engine.ts';
import type { NodeLabels } from '../observe/labels.ts';
import type { Endpoint, ProxmoxMigration, ProxmoxTls } from '../options.ts';

/** How far an examination has come. */
export interface DoctorProgress {
  /** What is looked at, in a few words. */
  readonly doing: string;
  readonly done: number;
  readonly total: number;
}

/** What the configuration needs of the cluster, beside seeing it and moving guests. */
export interface DoctorQuestion {
  /** Whether a load balancer finds members by their addresses. */
  readonly addresses?: boolean;
  /** Resource pools by which guests are chosen. */
  readonly pools?: readonly string[];
  /** Whether containers are moved, by a restart. */
  readonly containers?: boolean;
  /** What becomes of guests that the native balancer may move; `cede` by default. */
  readonly coexistence?: Coexistence;
  /** Guests that are looked at one by one, with two requests each; 1000 by default. */
  readonly guests?: number;
  readonly onProgress?: (progress: DoctorProgress) => void;
  readonly signal?: AbortSignal;
}

/** What an examination works with. */
export interface DoctorParts {
  readonly cluster: string;
  /** An engine for some of the entry points, with a login of its own. */
  readonly connect: (endpoints: readonly Endpoint[]) => Engine;
  readonly endpoints: readonly Endpoint[];
  readonly tls: ProxmoxTls;
  /** `token user@realm!name` or `user user@realm`. */
  readonly identity: string;
  readonly clock: Clock;
  /** Figures of a node that have not moved for longer are stale. */
  readonly maxAge: Milliseconds;
  readonly tagPrefixes: readonly string[];
  readonly labels: NodeLabels;
  readonly migration: ProxmoxMigration;
}
