import { COOKIE_MARK, GROUP_MARK } from '../desired.ts';
import { hash64 } from './hash.ts';
import { endpointOf, type ServiceMember, type VirtualService } from './model.ts';

/**
 * What the tables of a switch are for. 0 classifies, 1 has packets to a VIP after connection tracking, 2 those that
 * return, 3 the way to each member. New connections of some services pass 4 (learned: which member a client is with),
 * 5 (chooses), and all of them 6 (binds the connection to its member). 7 is learned: open connections, to be counted; 8
 * completes the answers of neighbour discovery.
 */
export const TABLE = {
  classify: 0,
  forward: 1,
  reverse: 2,
  placement: 3,
  affinity: 4,
  choose: 5,
  member: 6,
  connections: 7,
  advertise: 8,
} as const;

/** What a flow is for; the last 8 bits of its cookie. */
export const PURPOSE = {
  default: 1,
  answer: 2,
  classify: 3,
  forward: 4,
  return: 5,
  placement: 6,
  choose: 7,
  member: 8,
  watch: 9,
  punt: 10,
} as const;

export type Purpose = keyof typeof PURPOSE;

/** The connection tracking zone of all services: one, for a return path cannot know its service. */
export const CT_ZONE = 0xba1;

/**
 * Upper 16 bits of the cookies of flows that switches learn by themselves. They are no part of a DesiredState: a
 * switch forgets them by time, or with the flow that learned them.
 */
export const LEARNED_MARK: bigint = 0xba12n << 48n;

/** Mark (16 bits), hash of the service (40, 0 for what services share), purpose (8). */
export function cookieOf(purpose: Purpose, service?: string): bigint {
  const tag = service === undefined ? 0n : hash64(service) & 0xff_ffff_ffffn;
  return COOKIE_MARK | (tag << 8n) | BigInt(PURPOSE[purpose]);
}

/** The purpose in a cookie that {@link cookieOf} made; `undefined` for others. */
export function purposeOf(cookie: bigint): Purpose | undefined {
  if (cookie >> 48n !== COOKIE_MARK >> 48n) return undefined;
  const code = Number(cookie & 0xffn);
  return (Object.keys(PURPOSE) as Purpose[]).find((purpose) => PURPOSE[purpose] === code);
}

/** Whether the cookie is of a flow of that service, learned ones included. */
export function isOfService(cookie: bigint, service: string): boolean {
  const tag = hash64(service);
  if (cookie >> 48n === LEARNED_MARK >> 48n) return ((cookie >> 32n) & 0xffffn) === (tag & 0xffffn);
  return cookie >> 48n === COOKIE_MARK >> 48n && ((cookie >> 8n) & 0xff_ffff_ffffn) === (tag & 0xff_ffff_ffffn);
}

/** Of what is learned about a member: mark (16 bits), hash of the service (16), id of the member (32). */
export function learnedCookie(service: string, memberId: number): bigint {
  return LEARNED_MARK | ((hash64(service) & 0xffffn) << 32n) | BigInt(memberId);
}

/** The group of each service, in Ballast's range. Ids are hashes; of two that meet, the later name goes on by one. */
export function groupIds(services: readonly VirtualService[]): ReadonlyMap<string, number> {
  const names = services.map(({ name }) => name).sort();
  return distinct(
    names,
    (name) => (hash64(name) >> 24n) & 0xffffn,
    0xffff,
    (id) => (GROUP_MARK | id) >>> 0,
  );
}

/**
 * The number that stands for each member in register 1, by {@link endpointOf}: never 0, unique in its service, and
 * the same as long as the member is in it.
 */
export function memberIds(
  service: string,
  members: readonly Pick<ServiceMember, 'address' | 'port'>[],
): ReadonlyMap<string, number> {
  const keys = members.map(endpointOf).sort();
  return distinct(
    keys,
    (key) => hash64(`${service} ${key}`) & 0xffff_fffen,
    0xffff_fffe,
    (id) => id + 1,
  );
}

function distinct(
  names: readonly string[],
  hash: (name: string) => bigint,
  most: number,
  wrap: (id: number) => number,
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  const used = new Set<number>();
  for (const name of names) {
    let id = Number(hash(name));
    while (used.has(id)) id = id === most ? 0 : id + 1;
    used.add(id);
    ids.set(name, wrap(id));
  }
  return ids;
}

/** A locally administered MAC for a VIP, the same for all services at the address. */
export function virtualMac(address: string): string {
  const bits = hash64(`vip ${address}`).toString(16).padStart(16, '0');
  return ['02', 'ba', bits.slice(0, 2), bits.slice(2, 4), bits.slice(4, 6), bits.slice(6, 8)].join(':');
}
