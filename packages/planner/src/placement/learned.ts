import type {
  Bytes,
  BytesPerSecond,
  GuestId,
  Instant,
  LearnedFrom,
  Milliseconds,
  MoveRecord,
  NodeName,
  Ratio,
} from '@ballast/core';

/** Fewer migrations say too little about a network. */
const LEAST_MOVES = 3;
/** A guest migrates rarely, and what its own last two took says more about it than any formula. */
const LEAST_OF_GUEST = 2;
/** After so long a migration counts half. */
const HALF_LIFE: Milliseconds = 2 * 24 * 3_600_000;
/** Less memory is sent in less time than a migration takes to begin. */
const LEAST_BYTES: Bytes = 64 * 2 ** 20;
/** From a slow radio link to 100 Gbit/s: what lies beyond was not measured rightly. */
const SANE_BANDWIDTH = { least: 2 ** 20, most: 12.5e9 } as const;
/** Memory sent over memory used: below it most was empty, above it the guest hardly converged. */
const SANE_FACTOR = { least: 0.05, most: 16 } as const;
/**
 * What Proxmox VE does beside sending: the guest is started on the target, the way there is opened, both sides are tidied
 * up. Some five seconds on an idle cluster.
 */
export const SET_UP: Milliseconds = 5000;

/** How fast past migrations sent. */
export interface LearnedBandwidth {
  readonly bandwidth: BytesPerSecond;
  readonly from: Exclude<LearnedFrom, 'guest'>;
  readonly moves: number;
}

/** What past migrations of one guest took. */
export interface LearnedGuest {
  /** Memory sent over memory used when it began. */
  readonly factor: Ratio;
  readonly downtime?: Milliseconds;
  readonly moves: number;
  /** As they were: for a person. */
  readonly duration: Milliseconds;
  readonly bandwidth: BytesPerSecond;
}

/** What the history teaches about the cost of migrations. */
export interface Learned {
  /** Of the link; where it was used too rarely, of its slower end; else of the cluster; nothing when that is too few, too. */
  bandwidth(from: NodeName, to: NodeName | undefined): LearnedBandwidth | undefined;
  guest(id: GuestId): LearnedGuest | undefined;
}

interface Sample {
  readonly move: MoveRecord;
  readonly bandwidth: BytesPerSecond;
  readonly transferred: Bytes;
  /** By its age alone. */
  readonly recency: number;
}

/**
 * Learns from live migrations that ended well and were seen from beginning to end. Those that copied disks as well teach
 * nothing: their disks may have been slower than the network.
 *
 * A migration that sent D bytes in T seconds shows a bandwidth of D / (T - {@link SET_UP}), at most five times D / T. What is
 * taken is the median of what all showed, each with the weight D 2^(-age / {@link HALF_LIFE}): one odd migration moves it
 * little, and large ones, in which setting up matters least, count most. (Weighted lower median; Cormen et al.,
 * Introduction to Algorithms, problem 9-2.)
 */
export function learn(moves: readonly MoveRecord[], now: Instant): Learned {
  const samples = moves.flatMap((move) => sampleOf(move, now) ?? []);
  const links = grouped(samples, ({ move }) => linkOf(move.from, move.to));
  const sources = grouped(samples, ({ move }) => move.from);
  const targets = grouped(samples, ({ move }) => move.to);
  const guests = grouped(samples, ({ move }) => move.guest);
  const all = bandwidthOf(samples, 'cluster');
  const known = new Map<string, LearnedBandwidth | undefined>();
  const ofLink = (from: NodeName, to: NodeName | undefined): LearnedBandwidth | undefined => {
    const link = to === undefined ? undefined : bandwidthOf(links.get(linkOf(from, to)), 'link');
    if (link !== undefined) return link;
    const out = bandwidthOf(sources.get(from), 'node');
    const into = to === undefined ? undefined : bandwidthOf(targets.get(to), 'node');
    if (out === undefined || into === undefined) return out ?? into ?? all;
    return out.bandwidth <= into.bandwidth ? out : into;
  };
  return {
    bandwidth: (from, to) => {
      if (all === undefined) return undefined;
      const key = linkOf(from, to ?? '');
      if (!known.has(key)) known.set(key, ofLink(from, to));
      return known.get(key);
    },
    guest: (id) => guestOf(guests.get(id)),
  };
}

function sampleOf(move: MoveRecord, now: Instant): Sample | undefined {
  const { transferred, endedAt, startedAt, outcome, disks } = move;
  if (outcome !== 'done' || endedAt === undefined || transferred === undefined || disks !== undefined) return undefined;
  const took = endedAt - startedAt;
  if (took <= 0 || transferred < LEAST_BYTES) return undefined;
  const seconds = Math.max(took - SET_UP, took / 5) / 1000;
  const recency = 2 ** (-Math.max(0, now - endedAt) / HALF_LIFE);
  return { move, transferred, recency, bandwidth: within(transferred / seconds, SANE_BANDWIDTH) };
}

function bandwidthOf(
  samples: readonly Sample[] | undefined,
  from: LearnedBandwidth['from'],
): LearnedBandwidth | undefined {
  if (samples === undefined || samples.length < LEAST_MOVES) return undefined;
  const weighted = samples.map(({ bandwidth, transferred, recency }) => [bandwidth, transferred * recency] as const);
  return { bandwidth: median(weighted), from, moves: samples.length };
}

function guestOf(samples: readonly Sample[] | undefined): LearnedGuest | undefined {
  if (samples === undefined) return undefined;
  const told = samples.filter(({ move }) => (move.memory ?? 0) >= LEAST_BYTES);
  if (told.length < LEAST_OF_GUEST) return undefined;
  const of = (value: (sample: Sample) => number | undefined): number | undefined => {
    const values = told.flatMap((sample): (readonly [number, number])[] => {
      const one = value(sample);
      return one === undefined ? [] : [[one, sample.recency]];
    });
    return values.length === 0 ? undefined : median(values);
  };
  const downtime = of(({ move }) => move.downtime);
  return {
    factor: within(of(({ move, transferred }) => transferred / (move.memory ?? 1)) ?? 1, SANE_FACTOR),
    ...(downtime === undefined ? {} : { downtime }),
    moves: told.length,
    duration: of(({ move }) => (move.endedAt ?? 0) - move.startedAt) ?? 0,
    bandwidth: of(({ bandwidth }) => bandwidth) ?? 0,
  };
}

/** The value at which half of the weight is reached. */
function median(weighted: readonly (readonly [value: number, weight: number])[]): number {
  const order = weighted.toSorted(([a], [b]) => a - b);
  const half = order.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  let reached = 0;
  for (const [value, weight] of order) {
    reached += weight;
    if (reached >= half) return value;
  }
  return order.at(-1)?.[0] ?? 0;
}

function grouped<K>(samples: readonly Sample[], keyOf: (sample: Sample) => K): ReadonlyMap<K, readonly Sample[]> {
  const groups = new Map<K, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(keyOf(sample));
    if (group === undefined) groups.set(keyOf(sample), [sample]);
    else group.push(sample);
  }
  return groups;
}

function linkOf(from: NodeName, to: NodeName): string {
  return `${from}\n${to}`;
}

function within(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, value));
}
