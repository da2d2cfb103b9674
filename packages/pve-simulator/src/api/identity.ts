import type { Alternative } from '../schema/permission.ts';
import type { Privilege } from './privileges.ts';
import { Refusal } from './refusal.ts';
import { rightsAt } from './rights.ts';
import type { Identity } from './who.ts';

export function may(identity: Identity, path: string, privilege: Privilege): boolean {
  return rightsAt(identity, path).has(privilege);
}

/** @throws {Refusal} 403 in Proxmox VE's words, unless the identity has one of the rights. */
export function requireAny(identity: Identity, path: string, privileges: readonly Privilege[]): void {
  if (privileges.some((privilege) => may(identity, path, privilege))) return;
  throw new Refusal(403, `Permission check failed (${path}, ${privileges.join('|')})`);
}

/**
 * Lets someone pass who fits one of the alternatives of a method.
 * @param fill puts the values of a request into a path
 * @throws {Refusal} 403 in Proxmox VE's words
 */
export function requirePermission(
  identity: Identity,
  alternatives: readonly Alternative[],
  fill: (path: string) => string,
): void {
  let refusal: Refusal | undefined;
  for (const alternative of alternatives) {
    const found = refusalOf(identity, alternative, fill);
    if (found === undefined) return;
    refusal ??= found;
  }
  if (refusal !== undefined) throw refusal;
}

function refusalOf(identity: Identity, asked: Alternative, fill: (path: string) => string): Refusal | undefined {
  if (identity.name === 'root@pam' || asked.kind === 'anyone' || asked.kind === 'world') return undefined;
  if (asked.kind === 'root') return new Refusal(403, 'Permission check failed (user != root@pam)');
  if (asked.kind === 'self') {
    return userOf(identity.name) === fill('{userid}') ? undefined : new Refusal(403, 'Permission check failed');
  }
  const path = fill(asked.path);
  const held: ReadonlyMap<string, boolean> = rightsAt(identity, path);
  if (asked.any) {
    if (asked.privileges.some((privilege) => held.has(privilege))) return undefined;
    return new Refusal(403, `Permission check failed (${path}, ${asked.privileges.join('|')})`);
  }
  const missing = asked.privileges.find((privilege) => !held.has(privilege));
  return missing === undefined ? undefined : new Refusal(403, `Permission check failed (${path}, ${missing})`);
}

/** The user of a token; a user's own name otherwise. */
export function userOf(name: string): string {
  return name.split('!')[0] ?? name;
}
