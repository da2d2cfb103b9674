import { PRIVILEGES, type Privilege, ROLES, type Role } from './privileges.ts';
import type { Grant, Identity } from './who.ts';

/** Privileges on a path, and whether they go on to the paths below. */
export type Rights = ReadonlyMap<Privilege, boolean>;
type Roles = ReadonlyMap<Role, boolean>;

const NONE: Roles = new Map([['NoAccess', false]]);
const ALL: Rights = new Map(PRIVILEGES.map((privilege) => [privilege, true]));

/**
 * Privileges on a path, as Proxmox VE makes them out (PVE/RPCEnvironment.pm, `permissions`): the roles of the deepest path that
 * has some replace those from above; a guest has those of its pool as well; a token with separate rights has what its user
 * has, too. `root@pam` has them all.
 */
export function rightsAt(identity: Identity, path: string): Rights {
  if (identity.name === 'root@pam') return ALL;
  const pool = identity.poolOf?.(path);
  let known = MADE_OUT.get(identity.grants);
  if (known === undefined) {
    known = new Map();
    MADE_OUT.set(identity.grants, known);
  }
  // A list asks for thousands of guests: those with nothing of their own have the same as their neighbours of the pool.
  const place = hasOwn(identity, path) ? path : `${path.slice(0, path.lastIndexOf('/'))}/*`;
  const key = `${place} ${pool ?? ''} ${identity.owner?.name ?? ''}`;
  let rights = known.get(key);
  if (rights === undefined) {
    rights = makeOut(identity, path, pool);
    known.set(key, rights);
  }
  return rights;
}

/** By the grants of who asks: they are the same list for as long as they stand. */
const MADE_OUT = new WeakMap<readonly Grant[], Map<string, Rights>>();

function hasOwn({ grants, owner }: Identity, path: string): boolean {
  return grants.some((grant) => grant.path === path) || (owner !== undefined && hasOwn(owner, path));
}

function makeOut(identity: Identity, path: string, pool: string | undefined): Rights {
  const held = privilegesOf(withPool(identity.grants, pool, rolesAt(identity.grants, path)));
  const { owner } = identity;
  if (owner === undefined) return held;
  const users = owner.name === 'root@pam' ? ALL : makeOut(owner, path, pool);
  return new Map(
    [...held].flatMap(([privilege, propagates]) => {
      const ofUser = users.get(privilege);
      return ofUser === undefined ? [] : [[privilege, ofUser && propagates] as const];
    }),
  );
}

/** `/`, `/vms`, `/vms/100`. */
function stepsTo(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
}

function rolesAt(grants: readonly Grant[], path: string): Roles {
  let roles: Roles = new Map();
  for (const step of stepsTo(path)) {
    const own = grants.filter((grant) => grant.path === step && (step === path || grant.propagate !== false));
    if (own.length > 0) roles = new Map(own.map((grant) => [grant.role, grant.propagate !== false]));
  }
  return roles.has('NoAccess') ? NONE : roles;
}

/** What is granted on a pool holds for its guests, and for nothing below them. */
function withPool(grants: readonly Grant[], pool: string | undefined, roles: Roles): Roles {
  if (pool === undefined || roles.has('NoAccess')) return roles;
  const pooled = rolesAt(grants, `/pool/${pool}`);
  if (pooled.has('NoAccess')) return NONE;
  return new Map([...[...pooled.keys()].map((role) => [role, false] as const), ...roles]);
}

function privilegesOf(roles: Roles): Rights {
  const held = new Map<Privilege, boolean>();
  for (const [role, propagates] of roles) {
    for (const privilege of typeof role === 'string' ? ROLES[role] : role) {
      held.set(privilege, propagates || (held.get(privilege) ?? false));
    }
  }
  return held;
}
