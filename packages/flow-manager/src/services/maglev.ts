import { ServiceError } from './errors.ts';
import { hash64 } from './hash.ts';

/** As many as Open vSwitch spreads under dp_hash: one hash value for each bucket. */
export const SLOTS = 256;

/** What a member is to get of the slots, relative to the others. */
export interface Share {
  readonly key: string;
  /** Finite, 0 or more. */
  readonly weight: number;
}

/** Slots by member: the key of the member that has each slot. Empty if no member has a weight. */
export type SlotTable = readonly string[];

export interface SlotOptions {
  /** A power of two up to 256. */
  readonly slots?: number;
  /** The table in use; as few of its slots as possible change hands. Ignored if it is of another size. */
  readonly previous?: readonly (string | undefined)[];
}

/**
 * A weighted table after Maglev (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer",
 * NSDI 2016, section 3.4): each member has its own permutation of the slots, and members take turns in claiming the
 * next free slot of theirs.
 *
 * Each member has its exact share of the slots, rounded down or up; where shares below one slot exist, those members
 * have one slot each, and the rest is shared by the others. The same shares give the same table in any order of the
 * members; with `previous`, the least possible number of slots changes hands for such a table.
 * @throws {ServiceError} `service.invalid` for weights that are no weights, keys met twice, more members than slots
 */
export function slotTable(shares: readonly Share[], options: SlotOptions = {}): SlotTable {
  const slots = options.slots ?? SLOTS;
  check(shares, slots);
  const members = shares.filter(({ weight }) => weight > 0).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (members.length === 0) return [];
  const previous = options.previous?.length === slots ? options.previous : [];
  const held = heldBy(previous);
  const quotas = quotasOf(members, slots, (key) => held.get(key) ?? 0);
  const table: (string | undefined)[] = Array.from({ length: slots }, () => undefined);
  const claims = members.map((member, i) => claimOf(member.key, slots, quotas[i] ?? 0));
  for (const claim of claims) keep(table, claim, previous);
  fill(table, claims);
  return table as string[];
}

interface Claim {
  readonly key: string;
  /** The slots in the order in which the member likes them: offset + i x skip, modulo the number of slots. */
  readonly offset: number;
  readonly skip: number;
  wanted: number;
  next: number;
}

function claimOf(key: string, slots: number, quota: number): Claim {
  const hash = hash64(key);
  const offset = Number(hash & 0xffffffffn) % slots;
  // Odd numbers alone meet every slot once: the number of slots is a power of two.
  const skip = (Number(hash >> 32n) % slots) | 1;
  return { key, offset, skip, wanted: quota, next: 0 };
}

function liked({ offset, skip }: Claim, place: number, slots: number): number {
  return (offset + place * skip) % slots;
}

/** Lets the member keep what it holds, up to its quota; it gives up the slots that it likes least. */
function keep(table: (string | undefined)[], claim: Claim, previous: readonly (string | undefined)[]): void {
  for (let place = 0; place < previous.length && claim.wanted > 0; place++) {
    const slot = liked(claim, place, previous.length);
    if (previous[slot] !== claim.key) continue;
    table[slot] = claim.key;
    claim.wanted--;
  }
}

/** Free slots, by turns: a member's turns are spread evenly over all turns. */
function fill(table: (string | undefined)[], claims: readonly Claim[]): void {
  const taken = claims.map(() => 0);
  for (let free = claims.reduce((sum, { wanted }) => sum + wanted, 0); free > 0; free--) {
    let turn = -1;
    let least = Number.POSITIVE_INFINITY;
    claims.forEach((claim, i) => {
      const turns = ((taken[i] ?? 0) + 0.5) / claim.wanted;
      if ((taken[i] ?? 0) < claim.wanted && turns < least) [turn, least] = [i, turns];
    });
    const claim = claims[turn];
    if (claim === undefined) return;
    while (table[liked(claim, claim.next, table.length)] !== undefined) claim.next++;
    table[liked(claim, claim.next, table.length)] = claim.key;
    taken[turn] = (taken[turn] ?? 0) + 1;
  }
}

/** Slots for each member: its share rounded down or up, whichever is nearer to what it had; by the largest remainder. */
function quotasOf(members: readonly Share[], slots: number, had: (key: string) => number): readonly number[] {
  const exact = exactShares(members, slots);
  const low = exact.map((share) => Math.floor(share + 1e-9));
  const high = exact.map((share) => Math.ceil(share - 1e-9));
  const quotas = members.map(({ key }, i) => Math.min(high[i] ?? 0, Math.max(low[i] ?? 0, had(key))));
  let missing = slots - quotas.reduce((sum, quota) => sum + quota, 0);
  while (missing !== 0) {
    const step = Math.sign(missing);
    const bounds = step > 0 ? high : low;
    let chosen = -1;
    let most = Number.NEGATIVE_INFINITY;
    quotas.forEach((quota, i) => {
      const gap = step * ((exact[i] ?? 0) - quota);
      if (quota !== bounds[i] && gap > most + 1e-9) [chosen, most] = [i, gap];
    });
    if (chosen < 0) break;
    quotas[chosen] = (quotas[chosen] ?? 0) + step;
    missing -= step;
  }
  return quotas;
}

/** Proportional shares of the slots, none below 1. */
function exactShares(members: readonly Share[], slots: number): readonly number[] {
  // Relative to the largest, so that sums neither overflow nor vanish.
  const largest = Math.max(...members.map(({ weight }) => weight));
  const weights = members.map(({ weight }) => weight / largest);
  const small = new Set<number>();
  for (;;) {
    const total = weights.reduce((sum, weight, i) => (small.has(i) ? sum : sum + weight), 0);
    const rest = slots - small.size;
    const shares = weights.map((weight, i) => (small.has(i) ? 1 : (weight / total) * rest));
    const before = small.size;
    shares.forEach((share, i) => {
      if (share < 1 - 1e-9) small.add(i);
    });
    if (small.size === before) return shares;
  }
}

/** How many slots each had. */
function heldBy(table: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const key of table) if (key !== undefined) held.set(key, (held.get(key) ?? 0) + 1);
  return held;
}

function check(shares: readonly Share[], slots: number): void {
  const fail = (message: string, hint: string): never => {
    throw new ServiceError('service.invalid', message, { hint });
  };
  if (!Number.isInteger(Math.log2(slots)) || slots < 1 || slots > SLOTS) {
    fail(`Expected a power of two up to ${SLOTS} for the slots, got ${slots}.`, 'Leave the number of slots out.');
  }
  if (shares.length > slots) {
    fail(
      `Expected at most ${slots} members in a pool, got ${shares.length}.`,
      'Split the service into several of fewer members.',
    );
  }
  const keys = new Set<string>();
  for (const { key, weight } of shares) {
    if (keys.has(key)) fail(`Expected each member once, got ${key} twice.`, 'Remove one of the two.');
    keys.add(key);
    if (!Number.isFinite(weight) || weight < 0) {
      fail(`Expected a weight of 0 or more for ${key}, got ${weight}.`, 'Give every member a finite weight.');
    }
  }
}
