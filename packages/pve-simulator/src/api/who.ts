import type { Role } from './privileges.ts';

/** Rights on a path and, unless a deeper path says otherwise, on all below it. */
export interface Grant {
  readonly path: string;
  readonly role: Role;
  /** With `false` it holds for this path alone. */
  readonly propagate?: boolean;
}

/** Who asks. */
export interface Identity {
  /** `user@realm`, or `user@realm!token`. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** The user of a token whose rights are separate: what that one may not, the token may not either. */
  readonly owner?: Identity;
  /** The resource pool of what stands at a path, such as `/vms/100`. */
  readonly poolOf?: (path: string) => string | undefined;
}
