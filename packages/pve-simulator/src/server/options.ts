import type { Clock, Milliseconds } from '@ballast/core';
import type { Role } from '../api/privileges.ts';
import type { Grant } from '../api/who.ts';
import type { World } from '../world/world.ts';

/** An API token. */
export interface SimulatorToken {
  /** USER@REALM!NAME */
  readonly id: string;
  /** In real clusters a lower-case UUID. */
  readonly secret: string;
  /** Rights on everything; `Balancer` when absent. */
  readonly role?: Role;
  /** Rights on paths, beside or below `role`. */
  readonly grants?: readonly Grant[];
  /**
   * Whether its rights are separate from its user's: with `true` it has what is granted to both, with `false` what is
   * granted to the user. When absent, or when the user is not listed, its own rights stand alone.
   */
  readonly privsep?: boolean;
}

/** A user that signs in with a password. */
export interface SimulatorUser {
  /** USER@REALM */
  readonly name: string;
  readonly password: string;
  /** Rights on everything; `Balancer` when absent. `root@pam` has all rights. */
  readonly role?: Role;
  readonly grants?: readonly Grant[];
  /** A second factor that signing in asks for. */
  readonly totp?: string;
}

/** PEM texts of a certificate made before. */
export interface SimulatorTls {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface SimulatorOptions {
  readonly world: World;
  /** Loopback when absent. */
  readonly host?: string;
  /** Port of the first entry point, the others follow; any free ones when absent or 0. */
  readonly port?: number;
  /** Nodes that can be asked, from the first on; 1 when absent. */
  readonly entryPoints?: number;
  /** Simulated time per real time. 1 when absent; with 0 time stands still but for {@link Simulator.advance}. */
  readonly speed?: number;
  /** Cycle of pvestatd; the world's own when absent. */
  readonly broadcast?: Milliseconds;
  /** How long a failed sign-in is held back: 3 s in a real cluster, not at all when absent. */
  readonly authDelay?: Milliseconds;
  /** How long a node waits for another that hangs before it answers 596: 30 s when absent, as in a real cluster. */
  readonly proxyTimeout?: Milliseconds;
  /** What answers that are held back wait by; real time when absent. */
  readonly clock?: Pick<Clock, 'sleep'>;
  /** Checks every answer against its description: one that does not fit becomes a 500 that tells why. */
  readonly strict?: boolean;
  /** {@link DEFAULT_TOKEN} when absent. */
  readonly tokens?: readonly SimulatorToken[];
  /** {@link DEFAULT_USER} when absent. */
  readonly users?: readonly SimulatorUser[];
  /** Made at the start when absent. */
  readonly tls?: SimulatorTls;
}

export const DEFAULT_TOKEN: SimulatorToken = {
  id: 'ballast@pve!operator',
  secret: '6a1c9e0e-2f43-4a5d-9d53-0f6b1c7e8a21',
};

export const DEFAULT_USER: SimulatorUser = { name: 'root@pam', password: 'ballast-simulator' };
