import { BallastError, type ErrorOptions, nearestNames } from '@ballast/core';

/** Stable words for what the registry refuses. */
export type RegistryErrorCode =
  | 'registry-unknown-service'
  | 'registry-unknown-member'
  | 'registry-duplicate-member'
  | 'registry-bad-weight'
  | 'registry-stale-token'
  | 'registry-damaged';

/** A change that the registry does not make; nothing of it was made. */
export class RegistryError extends BallastError {
  declare readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

/** There is no service of that name; names the nearest that there are. */
export function unknownService(name: string, known: readonly string[]): RegistryError {
  return new RegistryError(
    'registry-unknown-service',
    `There is no service ${JSON.stringify(name)}${nearest(name, known, 'there')}`,
    { hint: 'Make it with PUT /v1/services/{name}, or correct the name.' },
  );
}

/** Guests that are no members of the service; names the nearest members of each. */
export function unknownMembers(service: string, guests: readonly number[], known: readonly number[]): RegistryError {
  const members = known.map(String);
  const each = guests.map((guest) => `no member ${guest}${nearest(String(guest), members, 'it')}`);
  return new RegistryError('registry-unknown-member', `Service ${JSON.stringify(service)} has ${each.join(' And ')}`, {
    hint: 'Members are named by the ids of their guests; PUT /v1/services/{name} changes who they are.',
  });
}

/** A guest is named twice where each is to be once. */
export function duplicateMember(service: string, guest: number): RegistryError {
  return new RegistryError(
    'registry-duplicate-member',
    `Expected each guest once in service ${JSON.stringify(service)}, got ${guest} twice.`,
    { hint: 'A guest that serves at two ports is a member of two services.' },
  );
}

function nearest(wanted: string, known: readonly string[], whose: 'it' | 'there'): string {
  const near = nearestNames(wanted, known);
  if (near.length > 0) return `; nearest: ${near.join(', ')}.`;
  const has = whose === 'it' ? 'it has' : 'known are';
  if (known.length === 0) return whose === 'it' ? '; it has none.' : '; none is known.';
  return `; ${has} ${known.slice(0, 5).join(', ')}${known.length > 5 ? ', ...' : ''}.`;
}
