import type { BytesPerSecond, Clock, Milliseconds, Random } from '@ballast/core';
import type { Endpoint } from './http/endpoint.ts';
import type { Transport } from './http/exchange.ts';

export type { Endpoint } from './http/endpoint.ts';

/** An API token (`id` is USER@REALM!NAME), or a user (USER@REALM) with a password. */
export type ProxmoxAuth =
  | { readonly kind: 'token'; readonly id: string; readonly secret: string }
  | { readonly kind: 'ticket'; readonly username: string; readonly password: string };

/** How certificates are verified; by the authorities that Node trusts when nothing is set. */
export interface ProxmoxTls {
  /** Certificates of the authorities to trust, PEM. */
  readonly ca?: string | undefined;
  /** SHA-256 fingerprints, with or without colons; a server must present one of them before anything is sent to it. */
  readonly fingerprints?: readonly string[] | undefined;
  /** Verify nothing: whoever answers gets the credentials. */
  readonly insecure?: boolean | undefined;
}

/** How migrations are asked for. */
export interface ProxmoxMigration {
  /** Copy disks that are not shared along; off by default. */
  readonly localDisks?: boolean | undefined;
  /** Storage on the target that takes local disks, or a mapping `from:to,...`; the same as on the source by default. */
  readonly targetStorage?: string | undefined;
  /** The cluster's own limit when it is left out. */
  readonly bandwidthLimit?: BytesPerSecond | undefined;
  /** How long a container may take to shut down before it moves; 180 s by default. */
  readonly containerTimeout?: Milliseconds | undefined;
  /** Take the connection tracking of the host's firewall along (Proxmox VE 9); on by default where it is supported. */
  readonly conntrack?: boolean | undefined;
}

/** One HTTP exchange, for metrics. */
export interface RequestEvent {
  readonly method: string;
  /** Without query: nothing of it is secret. */
  readonly path: string;
  /** The HTTP status, or `error` when no answer came. */
  readonly status: number | 'error';
  readonly duration: Milliseconds;
}

export interface ProxmoxOptions {
  /** Ballast's own name for the cluster; it stands in snapshots. */
  readonly cluster: string;
  /** Tried in this order; as URLs (`https://pve1.example.com:8006`), `host:port`, or in parts. */
  readonly endpoints: readonly (string | Endpoint)[];
  readonly auth: ProxmoxAuth;
  readonly tls?: ProxmoxTls | undefined;
  /** Longest wait for one answer; 10 s by default. */
  readonly timeout?: Milliseconds | undefined;
  /** Further attempts of a GET; anything else is sent once. 2 by default. */
  readonly retries?: number | undefined;
  /** Requests in one round; what can wait is put off to the next one beyond them. Boundless by default. */
  readonly requestsPerRound?: number | undefined;
  /** Pause between two looks at a task; 1 s by default. */
  readonly pollInterval?: Milliseconds | undefined;
  /** Figures of a node that have not moved for longer are stale; 60 s by default. */
  readonly maxAge?: Milliseconds | undefined;
  /** Tags that begin with one of these state rules; `ballast-` by default. */
  readonly tagPrefixes?: readonly string[] | undefined;
  /** Labels that nodes have in snapshots, by their names. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly migration?: ProxmoxMigration | undefined;
  /** What carries requests to the endpoints; HTTPS as `tls` says when absent. A simulation brings its own. */
  readonly transport?: Transport | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Told what deserves attention but stops nothing: an endpoint that fails, a tag that cannot be read. */
  readonly warn: (message: string) => void;
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Told how many guests were not inspected for the budget of the round. */
  readonly onPutOff?: ((guests: number) => void) | undefined;
}
