import type {
  BalancePolicy,
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

/** How fast a guest dirties its memory, beside the bandwidth of a migration. */
export function convergence(
  usage: Usage,
  facts: GuestFacts | undefined,
  policy: BalancePolicy,
): { readonly rate: BytesPerSecond; readonly ratio: Ratio; readonly converges: boolean } {
  const rate = facts?.dirtyRate ?? usage.cpu * policy.dirtyRatePerCore;
  const ratio = rate / Math.max(1, policy.migrationBandwidth);
  return { rate, ratio, converges: ratio < MOST_DIRTY };
}

/**
 * What a migration costs. Live, by pre-copy: with V bytes of memory, bandwidth B and l = dirty rate / B, round i
 * copies V l^i, so n + 1 rounds take (V / B) (1 - l^(n+1)) / (1 - l), and the guest stands still for V l^n / B; n is
 * the first round that leaves no more than the downtime limit. Local disks are copied along at the same bandwidth; of those
 * that `to` has a replica of, only what is new.
 */
export function migrationCost(
  guest: Pick<Guest, 'kind'>,
  usage: Usage,
  facts: GuestFacts | undefined,
  policy: BalancePolicy,
  to?: NodeName,
): Cost {
  const bandwidth = Math.max(1, policy.migrationBandwidth);
  const whole = Math.max(0, facts?.localDiskBytes ?? 0);
  const disk = to !== undefined && facts?.replicas?.includes(to) ? whole * SINCE_REPLICATION : whole;
  if (migrationMode(guest) === 'restart') {
    const duration = RESTART + (disk / bandwidth) * 1000;
    return { bytes: disk, duration, downtime: duration };
  }
  const l = Math.min(convergence(usage, facts, policy).ratio, MOST_DIRTY);
  const once = usage.memory / bandwidth;
  const rounds = l > 0 && once > DOWNTIME_LIMIT ? Math.ceil(Math.log(DOWNTIME_LIMIT / once) / Math.log(l)) : 1;
  const n = Math.min(MOST_ROUNDS, Math.max(1, rounds));
  const seconds = (once * (1 - l ** (n + 1))) / (1 - l);
  return {
    bytes: seconds * bandwidth + disk,
    duration: (seconds + disk / bandwidth) * 1000,
    downtime: once * l ** n * 1000,
  };
}

/** A restart stops the guest: no amount of bytes outweighs it. */
const PRICE_OF_RESTART = 2 ** 50;

/** What tells dear migrations from cheap ones: bytes, and before them restarts. */
export function priceOf(moves: readonly { readonly cost: Cost; readonly mode: MigrationMode }[]): number {
  return moves.reduce((total, { cost, mode }) => total + cost.bytes + (mode === 'restart' ? PRICE_OF_RESTART : 0), 0);
}
