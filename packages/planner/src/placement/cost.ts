import type {
  BalancePolicy,
  Bytes,
  BytesPerSecond,
  Cost,
  Guest,
  GuestFacts,
  MigrationMode,
  Milliseconds,
  NodeName,
  Ratio,
  Usage,
} from '@ballast/core';
import { type Learned, SET_UP } from './learned.ts';

/** QEMU's default `migrate_downtime` in Proxmox VE: the rest that is copied while the guest stands still, in seconds. */
const DOWNTIME_LIMIT = 0.1;
/** Above this share of the bandwidth pre-copy gains on the guest too slowly to end. */
const MOST_DIRTY: Ratio = 0.8;
const MOST_ROUNDS = 30;
/** What was written to disks since they were replicated, as a share of them: an estimate, for nobody tells. */
const SINCE_REPLICATION: Ratio = 0.02;
/** Stopping and starting a container, beside what has to be copied. */
const RESTART: Milliseconds = 10_000;

/** Virtual machines move live; containers can only be restarted elsewhere. */
export function migrationMode(guest: Pick<Guest, 'kind'>): MigrationMode {
  return guest.kind === 'qemu' ? 'live' : 'restart';
}

/**
 * How fast a guest dirties its memory, beside the bandwidth that migrations off its node get. Where the rate is only assumed,
 * past migrations bound it: a guest that had f times its memory sent dirtied at most 1 - 1/f of the bandwidth.
 */
export function convergence(
  guest: Pick<Guest, 'id' | 'node'>,
  usage: Usage,
  facts: GuestFacts | undefined,
  policy: BalancePolicy,
  learned?: Learned,
  to?: NodeName,
): { readonly rate: BytesPerSecond; readonly ratio: Ratio; readonly converges: boolean } {
  const bandwidth = Math.max(1, learned?.bandwidth(guest.node, to)?.bandwidth ?? policy.migrationBandwidth);
  const rate = facts?.dirtyRate ?? usage.cpu * policy.dirtyRatePerCore;
  const factor = facts?.dirtyRate === undefined ? learned?.guest(guest.id)?.factor : undefined;
  const most = factor === undefined ? Number.POSITIVE_INFINITY : Math.max(0, 1 - 1 / factor);
  const ratio = Math.min(rate / bandwidth, most);
  return { rate: Math.min(rate, most * bandwidth), ratio, converges: ratio < MOST_DIRTY };
}

/**
 * What a migration costs. Live, by pre-copy: with V bytes of memory, bandwidth B and l = dirty rate / B, round i
 * copies V l^i, so n + 1 rounds take (V / B) (1 - l^(n+1)) / (1 - l), and the guest stands still for V l^n / B; n is
 * the first round that leaves no more than the downtime limit. Local disks are copied along at the same bandwidth; of those
 * that `to` has a replica of, only what is new.
 *
 * Where past migrations teach, B is what they had, setting up is added, and a guest that migrated before has as many bytes
 * sent, for its memory, as then: see {@link learn}.
 */
export function migrationCost(
  guest: Pick<Guest, 'id' | 'node' | 'kind'>,
  usage: Usage,
  facts: GuestFacts | undefined,
  policy: BalancePolicy,
  to?: NodeName,
  learned?: Learned,
): Cost {
  const link = learned?.bandwidth(guest.node, to);
  const bandwidth = Math.max(1, link?.bandwidth ?? policy.migrationBandwidth);
  const disk = diskBytes(facts, to);
  const disks = disk > 0 ? { disks: disk } : {};
  if (migrationMode(guest) === 'restart') {
    const duration = RESTART + (disk / bandwidth) * 1000;
    return { bytes: disk, duration, downtime: duration, ...disks };
  }
  const own = learned?.guest(guest.id);
  const sent = own === undefined ? undefined : own.factor * usage.memory;
  const { bytes, downtime } = preCopy(usage, convergence(guest, usage, facts, policy, learned, to).ratio, bandwidth);
  const from = own === undefined ? link : { from: 'guest' as const, moves: own.moves };
  const cost = {
    bytes: (sent ?? bytes) + disk,
    duration: (((sent ?? bytes) + disk) / bandwidth) * 1000 + (from === undefined ? 0 : SET_UP),
    downtime: own?.downtime ?? downtime,
    ...disks,
  };
  return from === undefined ? cost : { ...cost, learned: { from: from.from, moves: from.moves } };
}

function preCopy(usage: Usage, ratio: Ratio, bandwidth: BytesPerSecond): Pick<Cost, 'bytes' | 'downtime'> {
  const l = Math.min(ratio, MOST_DIRTY);
  const once = usage.memory / bandwidth;
  const rounds = l > 0 && once > DOWNTIME_LIMIT ? Math.ceil(Math.log(DOWNTIME_LIMIT / once) / Math.log(l)) : 1;
  const n = Math.min(MOST_ROUNDS, Math.max(1, rounds));
  const seconds = (once * (1 - l ** (n + 1))) / (1 - l);
  return { bytes: seconds * bandwidth, downtime: once * l ** n * 1000 };
}

/** What is copied of local disks. */
function diskBytes(facts: GuestFacts | undefined, to: NodeName | undefined): Bytes {
  const whole = Math.max(0, facts?.localDiskBytes ?? 0);
  return to !== undefined && facts?.replicas?.includes(to) ? whole * SINCE_REPLICATION : whole;
}

/** A restart stops the guest: no amount of bytes outweighs it. */
const PRICE_OF_RESTART = 2 ** 50;

/** What tells dear migrations from cheap ones: bytes, and before them restarts. */
export function priceOf(moves: readonly { readonly cost: Cost; readonly mode: MigrationMode }[]): number {
  let total = 0;
  for (const { cost, mode } of moves) total += cost.bytes + (mode === 'restart' ? PRICE_OF_RESTART : 0);
  return total;
}
