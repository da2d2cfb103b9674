import type { Member, TargetProblem } from '@ballast/core';
import type { Action } from './actions.ts';
import { dpidText } from './dpid.ts';
import { problemOf, RyuError } from './errors.ts';
import type { Bucket, Group } from './groups.ts';
import type { Wanted, WantedMember } from './wanted.ts';

/** A member and the one bucket that leads to it. */
export interface Match extends WantedMember {
  /** Its place within the group. */
  readonly index: number;
  /** The group and what the bucket is known by, such as `50/10.0.0.3`. */
  readonly handle: string;
}

/** Finds the bucket of every member. A member without one, or with more than one, becomes a problem of its own. */
export function matchBuckets(
  wanted: Wanted,
  dpid: bigint,
  group: Group,
): { readonly matches: readonly Match[]; readonly problems: readonly TargetProblem[] } {
  const problems: TargetProblem[] = [];
  const found = wanted.members.flatMap((entry): readonly Match[] => {
    try {
      const index = bucketOf(entry, dpid, group);
      return [{ ...entry, index, handle: `${group.id}/${labelOf(group.buckets[index])}` }];
    } catch (error) {
      problems.push(problemOf(error, wanted.service, entry.member.guest));
      return [];
    }
  });
  const shared = found.filter((match) => found.some((other) => other !== match && other.index === match.index));
  for (const match of shared) problems.push(problemOf(sharedBucket(match, shared), wanted.service, match.member.guest));
  return { matches: found.filter((match) => !shared.includes(match)), problems };
}

function bucketOf({ member, known }: WantedMember, dpid: bigint, group: Group): number {
  const by = known ?? member.address;
  if (by === undefined) throw withoutAddress(member);
  const fits = (action: Action): boolean => (known === undefined ? leadsTo(action, by) : isKnownBy(action, by));
  const [index, ...others] = group.buckets.flatMap(({ actions }, at) => (actions.some(fits) ? [at] : []));
  if (index === undefined) throw unknownBucket(member, by, dpid, group);
  if (others.length === 0) return index;
  throw new RyuError(
    'ryu-ambiguous',
    `Expected one bucket of group ${group.id} with ${textOf(by)} for guest ${who(member)}, got ${others.length + 1}.`,
    { hint: 'Name under `buckets` what that bucket alone has.' },
  );
}

/** The addresses that a bucket sends to. */
const DESTINATIONS: readonly string[] = ['ipv4_dst', 'ipv6_dst'];

function leadsTo({ field, value }: Action, address: string | number): boolean {
  return field !== undefined && DESTINATIONS.includes(field) && value !== undefined && isSame(value, String(address));
}

function isKnownBy({ text, port, value }: Action, by: string | number): boolean {
  if (typeof by === 'number') return port === String(by);
  return text === by.trim() || (value !== undefined && isSame(value, by.trim()));
}

/** Addresses have several spellings; for IPv6 the one of URLs is unique. */
function isSame(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: string): string {
  if (!/^[0-9a-f:.]*::?[0-9a-f:.]*$/i.test(value) || !URL.canParse(`http://[${value}]/`)) return value.toLowerCase();
  return new URL(`http://[${value}]/`).hostname;
}

/** What a bucket is called: the address that it sends to, else its output, else its first action. */
function labelOf(bucket: Bucket | undefined): string {
  const actions = bucket?.actions ?? [];
  const destination = actions.find(({ field }) => field !== undefined && DESTINATIONS.includes(field))?.value;
  return destination ?? actions.find(({ port }) => port !== undefined)?.text ?? actions[0]?.text ?? 'drop';
}

function withoutAddress(member: Member): RyuError {
  return new RyuError(
    'ryu-no-address',
    `Expected guest ${who(member)} to have an address, by which its bucket is found, got none.`,
    { hint: 'Install the guest agent, or name what its bucket has under `buckets`.' },
  );
}

function unknownBucket(member: Member, by: string | number, dpid: bigint, { id, buckets }: Group): RyuError {
  const labels = buckets.map(labelOf);
  const has = `${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ', ...' : ''}`;
  return new RyuError(
    'ryu-unknown-bucket',
    `Group ${id} of switch ${dpidText(dpid)} has no bucket with ${textOf(by)} for guest ${who(member)}; it has ${has || 'none'}.`,
    { hint: 'Name what its bucket has under `buckets`, or let the application of Ryu add one.' },
  );
}

/** Two members on one bucket would overwrite each other's weight in every round: neither is applied. */
function sharedBucket({ handle, index }: Match, shared: readonly Match[]): RyuError {
  const guests = shared.filter((other) => other.index === index).map(({ member }) => `guest ${who(member)}`);
  return new RyuError('ryu-shared-bucket', `Expected one member for bucket ${handle}, got ${guests.join(' and ')}.`, {
    hint: 'Map each to its own bucket under `buckets`.',
  });
}

function textOf(by: string | number): string {
  return typeof by === 'number' ? `OUTPUT:${by}` : by.trim();
}

function who({ guest, name }: Member): string {
  return `${guest} (${name})`;
}
