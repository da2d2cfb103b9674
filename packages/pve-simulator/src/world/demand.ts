import type { Cores, Instant, Milliseconds, Ratio } from '@ballast/core';
import { chance } from './chance.ts';

/** Always the same. */
export interface ConstantDemand {
  readonly kind: 'constant';
  /** Share of the guest's vCPUs. */
  readonly ratio: Ratio;
}

/** Rises and falls once a day, with noise and seeded spikes. All levels are shares of the guest's vCPUs. */
export interface DailyDemand {
  readonly kind: 'daily';
  /** The level at the quietest time of the day. */
  readonly base: Ratio;
  /** What the busiest time adds to `base`. */
  readonly amplitude: Ratio;
  /** The busiest time, from midnight UTC. */
  readonly peak: Milliseconds;
  /** Largest deviation by noise, up and down. */
  readonly noise: Ratio;
  readonly spikes?: {
    /** Chance that a slot of five minutes holds a spike. */
    readonly chance: Ratio;
    readonly ratio: Ratio;
  };
}

/** Replays recorded utilization; starts again at the beginning after the last sample. */
export interface TraceDemand {
  readonly kind: 'trace';
  /** Shares of the guest's vCPUs, one an interval. */
  readonly samples: readonly Ratio[];
  /** Factor on every sample. */
  readonly scale: number;
  /** Distance of two samples. */
  readonly interval: Milliseconds;
  /** When the first sample holds. */
  readonly start: Instant;
  /** Straight lines between the samples instead of steps. */
  readonly interpolate: boolean;
}

/** How much CPU a guest asks for. */
export type Demand = ConstantDemand | DailyDemand | TraceDemand;

const DAY: Milliseconds = 86_400_000;
const NOISE_SLOT: Milliseconds = 60_000;
const SPIKE_SLOT: Milliseconds = 300_000;

/** Share of its vCPUs that a guest asks for at `at`, never below 0 (it may exceed 1: the vCPUs are the cap). */
export function demandRatio(demand: Demand, guest: number, seed: number, at: Instant): Ratio {
  switch (demand.kind) {
    case 'constant':
      return Math.max(0, demand.ratio);
    case 'daily':
      return dailyRatio(demand, guest, seed, at);
    case 'trace':
      return traceRatio(demand, at);
  }
}

/** Cores that a guest asks for: its own demand and that of its traffic, capped at its vCPUs. */
export function askedCores(
  guest: { readonly id: number; readonly vcpus: number; readonly demand: Demand; readonly trafficCores: Cores },
  seed: number,
  at: Instant,
): Cores {
  const own = demandRatio(guest.demand, guest.id, seed, at) * guest.vcpus;
  return Math.min(guest.vcpus, own + Math.max(0, guest.trafficCores));
}

function dailyRatio(demand: DailyDemand, guest: number, seed: number, at: Instant): Ratio {
  const curve = (1 + Math.cos((2 * Math.PI * (at - demand.peak)) / DAY)) / 2;
  let ratio = demand.base + demand.amplitude * curve;
  if (demand.noise > 0) ratio += demand.noise * (2 * noise(guest, seed, at) - 1);
  const spikes = demand.spikes;
  if (spikes !== undefined && chance(seed, guest, Math.floor(at / SPIKE_SLOT), 2) < spikes.chance) {
    ratio += spikes.ratio;
  }
  return Math.max(0, ratio);
}

function noise(guest: number, seed: number, at: Instant): Ratio {
  const slot = Math.floor(at / NOISE_SLOT);
  const share = at / NOISE_SLOT - slot;
  return chance(seed, guest, slot, 1) * (1 - share) + chance(seed, guest, slot + 1, 1) * share;
}

function traceRatio(demand: TraceDemand, at: Instant): Ratio {
  const count = demand.samples.length;
  if (count === 0) return 0;
  const position = (at - demand.start) / demand.interval;
  const index = Math.floor(position);
  const held = demand.samples[wrap(index, count)] ?? 0;
  if (!demand.interpolate) return Math.max(0, held * demand.scale);
  const next = demand.samples[wrap(index + 1, count)] ?? 0;
  return Math.max(0, (held + (next - held) * (position - index)) * demand.scale);
}

function wrap(index: number, count: number): number {
  return ((index % count) + count) % count;
}
