import {
  type Aggressiveness,
  BALANCE_PROFILES,
  type BalancePolicy,
  type Budgets,
  COEXISTENCE,
  GAIN_FLOORS,
  type NetworkPolicy,
  type Ratio,
  RESERVES,
  type ResourcePolicy,
  type TimeSpan,
  type WeightPolicy,
} from '@ballast/core';
import { z } from 'zod';
import { duration } from '../values/duration.ts';
import { moments, timezone } from '../values/moments.ts';
import { rate } from '../values/rate.ts';
import { ratio } from '../values/ratio.ts';

const MOST_REST = '30d';

export function balance(): z.ZodType<BalancePolicy> {
  return z
    .strictObject({
      profile: z
        .enum(BALANCE_PROFILES)
        .prefault('standard')
        .describe(
          'standard: rules, maintenance and relief of hot nodes; relief or rules: that alone; balance: evenness too; pack: nodes are emptied too.',
        ),
      aggressiveness: z
        .int()
        .min(1)
        .max(5)
        .prefault(3)
        .describe('How small a gain is worth a migration: from 1, large gains alone, to 5.'),
      reserve: z
        .enum(RESERVES)
        .prefault('warn')
        .describe(
          'Room for the HA guests of any one node that fails; off: not looked at; warn: told where it is missing; enforce: no step takes any of it.',
        ),
      cpu: resource('80%', '70%', '85%').prefault({}).describe('Thresholds of CPU.'),
      memory: resource('85%', '75%', '90%').prefault({}).describe('Thresholds of memory.'),
      pressure: pressure().prefault({}).describe('Thresholds of pressure.'),
      sustain: z.int().min(1).max(1000).prefault(3).describe('Rounds in a row above `high` before a node is over.'),
      low: ratio().prefault('40%').describe('A node below it on every resource is under: a good target.'),
      smoothing: positiveRatio('50%').describe(
        'Weight of the newest sample in the smoothed load; 100% smooths nothing.',
      ),
      minGain: ratio()
        .exactOptional()
        .describe(
          'Least fall of the hot or fuller node that makes a migration worth its while; as `aggressiveness` has it when left out.',
        ),
      maxSteps: z.int().min(1).max(1000).prefault(20).describe('Longest plan.'),
      maxGuests: z
        .int()
        .min(1)
        .max(10_000)
        .exactOptional()
        .describe('Guests that may run on one node; any number when left out.'),
      network: network()
        .exactOptional()
        .describe('Limits of what the guests of a node send and receive; none when left out.'),
      coolDown: duration('0s', MOST_REST)
        .prefault('15m')
        .describe('Rest of a guest after it moved; doubles with each further move within a day.'),
      coolDownMax: duration('0s', MOST_REST).prefault('6h').describe('Longest rest of a guest after it moved.'),
      noReturn: duration('0s', MOST_REST)
        .prefault('24h')
        .describe('A guest does not return within this time to a node it was moved away from.'),
      containers: z.boolean().prefault(false).describe('Move containers too. They are restarted: that is a downtime.'),
      localDisks: z.boolean().prefault(false).describe('Move guests whose disks are not shared; the disks are copied.'),
      coexistence: z
        .enum(COEXISTENCE)
        .prefault('cede')
        .describe(
          'Guests that the balancer of Proxmox VE itself may move; cede: they are left to it; exclusive: Ballast moves them as well.',
        ),
      migrationBandwidth: rate().prefault('1000 MiB/s').describe('Bandwidth that a migration is expected to get.'),
      dirtyRatePerCore: rate()
        .prefault('20 MiB/s')
        .describe('How fast a busy core is assumed to write to memory, where it is not known.'),
    })
    .transform(withGains);
}

/** The floors that `aggressiveness` stands for, where none is stated. */
function withGains<T extends { readonly aggressiveness: number; readonly minGain?: Ratio }>({
  aggressiveness,
  minGain,
  ...rest
}: T): Omit<T, 'aggressiveness' | 'minGain'> & Pick<BalancePolicy, 'minGain' | 'minEvenGain'> {
  const floors = GAIN_FLOORS[aggressiveness as Aggressiveness];
  return { ...rest, ...floors, ...(minGain === undefined ? {} : { minGain, minEvenGain: minGain }) };
}

function pressure(): z.ZodType<{ readonly ceiling: Ratio }> {
  const meaning = 'No migration goes to a host that waits so much of the time by its own word (PSI, Proxmox VE 9).';
  return z.strictObject({ ceiling: positiveRatio('60%').describe(meaning) });
}

function network(): z.ZodType<NetworkPolicy> {
  return z.strictObject({
    capacity: rate().describe('What the links of a node carry each way that its guests use.'),
    nodes: z
      .record(z.string(), rate())
      .prefault({})
      .describe('Nodes whose links carry something else, such as { pve3: 25 Gbit/s }.'),
    ceiling: positiveRatio('80%').describe(
      'No migration brings what the guests of a node receive together, or send, above this share of it.',
    ),
  });
}

function resource(high: string, target: string, ceiling: string): z.ZodType<ResourcePolicy> {
  return z.strictObject({
    high: ratio().prefault(high).describe('A node above it, for `sustain` rounds, is over and is relieved.'),
    target: ratio().prefault(target).describe('Relief stops here. Below `high`.'),
    ceiling: ratio().prefault(ceiling).describe('No migration brings a node above it. At least `high`.'),
  });
}

export function budgets(): z.ZodType<Budgets> {
  return z.strictObject({
    concurrent: z.int().min(1).max(100).prefault(2).describe('Migrations at once in the cluster.'),
    concurrentPerNode: z.int().min(1).max(100).prefault(1).describe('Migrations at once into or out of one node.'),
    concurrentIn: z
      .int()
      .min(1)
      .max(100)
      .exactOptional()
      .describe('Migrations at once into one node; as `concurrentPerNode` when left out.'),
    concurrentOut: z
      .int()
      .min(1)
      .max(100)
      .exactOptional()
      .describe('Migrations at once out of one node; as `concurrentPerNode` when left out.'),
    perHour: z.int().min(1).max(10_000).prefault(20).describe('Migrations started within any hour.'),
    windows: spans('window').describe('Migrations begin within one of these alone; at any time when there is none.'),
    blackouts: spans('blackout').describe('No migration begins within one of these, whatever window is open.'),
    timezone: timezone().prefault('UTC').describe('Time zone of windows and blackouts.'),
  });
}

function spans(noun: string): z.ZodType<readonly TimeSpan[]> {
  return z
    .array(
      z.strictObject({
        cron: moments().describe(`When a ${noun} begins: a cron expression.`),
        duration: duration('1m', '30d').describe(`How long a ${noun} lasts.`),
      }),
    )
    .prefault([]);
}

export function weights(): z.ZodType<WeightPolicy> {
  return z.strictObject({
    headroomExponent: z
      .number()
      .min(0)
      .max(4)
      .prefault(0.5)
      .describe("How much a guest's own headroom counts; 0: not."),
    pressureExponent: z.number().min(0).max(4).prefault(1).describe("How much its node's pressure counts; 0: not."),
    migrationFactor: positiveRatio('40%').describe('Factor of a guest that migrates live.'),
    damping: positiveRatio('30%').describe('Share of the way to the wanted weight that is gone in one round.'),
    deadBand: ratio().prefault('5%').describe('Relative changes below it are not made.'),
    maxStep: positiveRatio('20%').describe('Largest relative change in one round.'),
    floor: positiveRatio('20%').describe('Least weight of a ready member, as a share of its base.'),
  });
}

/** A share that must not be zero: zero would stop what it scales. */
function positiveRatio(standard: string): z.ZodType<number> {
  return ratio()
    .refine((value) => value > 0, { params: { expected: 'a ratio above zero' } })
    .prefault(standard);
}
