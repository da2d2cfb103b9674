import { Refusal } from './refusal.ts';

/** Rights that the simulated paths ask for. */
export const PRIVILEGES = [
  'Datastore.AllocateSpace',
  'Datastore.Audit',
  'Pool.Audit',
  'Sys.Audit',
  'Sys.Console',
  'Sys.Modify',
  'VM.Audit',
  'VM.Config.Disk',
  'VM.GuestAgent.Audit',
  'VM.Migrate',
] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** `Balancer` is the least that a balancer needs; the others are roles of Proxmox VE. */
export const ROLES: Readonly<Record<'Administrator' | 'Balancer' | 'PVEAuditor' | 'NoAccess', readonly Privilege[]>> = {
  Administrator: PRIVILEGES,
  Balancer: ['VM.Audit', 'VM.Migrate', 'Sys.Audit', 'Datastore.Audit', 'Pool.Audit', 'VM.GuestAgent.Audit'],
  PVEAuditor: ['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'Pool.Audit', 'VM.GuestAgent.Audit'],
  NoAccess: [],
};

/** A role by its name, or a list of rights. */
export type Role = keyof typeof ROLES | readonly Privilege[];

/** Rights on a path and, unless a deeper path says otherwise, on all below it. */
export interface Grant {
  readonly path: string;
  readonly role: Role;
}

/** Who asks. */
export interface Identity {
  /** `user@realm`, or `user@realm!token`. */
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Rights on a path: those of the deepest grant above it. `root@pam` has them all. */
export function privilegesAt(identity: Identity, path: string): readonly Privilege[] {
  if (identity.name === 'root@pam') return PRIVILEGES;
  let best: Grant | undefined;
  for (const grant of identity.grants) {
    if (covers(grant.path, path) && grant.path.length >= (best?.path.length ?? 0)) best = grant;
  }
  if (best === undefined) return [];
  return typeof best.role === 'string' ? ROLES[best.role] : best.role;
}

function covers(above: string, path: string): boolean {
  return above === '/' || above === path || path.startsWith(`${above}/`);
}

export function may(identity: Identity, path: string, privilege: Privilege): boolean {
  return privilegesAt(identity, path).includes(privilege);
}

/** @throws {Refusal} 403 in Proxmox VE's words, unless the identity has one of the rights. */
export function requireAny(identity: Identity, path: string, privileges: readonly Privilege[]): void {
  if (privileges.some((privilege) => may(identity, path, privilege))) return;
  throw new Refusal(403, `Permission check failed (${path}, ${privileges.join('|')})`);
}

/** The user of a token; a user's own name otherwise. */
export function userOf(name: string): string {
  return name.split('!')[0] ?? name;
}
