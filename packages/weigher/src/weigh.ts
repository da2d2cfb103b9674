import {
  type Assessment,
  type BalancePolicy,
  type GuestId,
  type History,
  type Instant,
  type MemberWeight,
  memberKey,
  membersOf,
  type Ratio,
  type Service,
  type ServiceWeights,
  type Weight,
  type WeightFactors,
  type WeightPolicy,
  type WeightTable,
} from '@ballast/core';
import { type Candidate, candidatesOf } from './candidates.ts';
import { ClusterLoad } from './load/cluster.ts';
import { loadFactors } from './load/factors.ts';
import { type MigratingGuest, migrationFactor } from './states/migration.ts';
import { statesOf } from './states/states.ts';
import { aimsOf } from './weights/aim.ts';
import { stepTowards, tidy } from './weights/step.ts';

export interface WeighInput {
  readonly assessment: Assessment;
  readonly services: readonly Service[];
  /** With the snapshot of the assessment already remembered in it, and the weights that were decided last. */
  readonly history: History;
  readonly policy: WeightPolicy;
  /** A node's CPU presses above its `target`; the rest of a pool carries a drained member's load below its `high`. */
  readonly balance: BalancePolicy;
  /** Guests that migrate now, or are about to. */
  readonly migrating: readonly MigratingGuest[];
  readonly now: Instant;
  /** The assessment is old: every weight stays as it was, and its service is marked `frozen`. */
  readonly stale?: boolean;
  /**
   * No load is answered: the weights stay where the last round brought them, and only migrations act on them. For
   * a table between two rounds, which would otherwise answer the same assessment twice.
   */
  readonly hold?: boolean;
}

/** What the decision about one service needs beside the service. */
type Scene = Omit<WeighInput, 'services' | 'assessment' | 'migrating' | 'now'> & {
  readonly assessment: Assessment;
  readonly load: ClusterLoad;
  readonly migrating: ReadonlyMap<GuestId, MigratingGuest>;
};

/**
 * A weight for every member of every service. Pure; throws nothing.
 *
 * | what is known of a member                  | state                                    | its weight                      |
 * |--------------------------------------------|------------------------------------------|---------------------------------|
 * | runs                                       | ready                                    | steps towards its aim           |
 * | migrates live, service says `reduce`       | ready                                    | steady weight x migration factor |
 * | migrates live, service says `drain`        | drain if the rest can carry it, else ready | as it was; else x migration factor |
 * | migrates by restart or offline             | drain                                    | as it was                       |
 * | moved by us and is back for under 3 rounds | ready                                    | x a factor that climbs to 1     |
 * | stopped or paused                          | drain                                    | as it was                       |
 * | node offline, or status unknown            | ready: health checks know better         | as it was                       |
 *
 * When that would drain a whole pool, its least bad member stays ready: a pool is never weighted to nothing.
 * The aim is base x headroom^a x (1 - pressure)^b over the best of the pool, at the load that the aim itself brings
 * about (see {@link aimsOf}); damping, dead band, step cap and floor stand between it and the weight.
 */
export function weigh(input: WeighInput): WeightTable {
  const { assessment, services, balance, migrating, now } = input;
  const scene: Scene = {
    ...input,
    load: new ClusterLoad(assessment, services, balance),
    migrating: new Map(migrating.map((entry) => [entry.guest, entry])),
  };
  return {
    snapshotId: assessment.snapshot.id,
    decidedAt: now,
    services: services.map((service) => weighService(service, scene)),
  };
}

function weighService(service: Service, scene: Scene): ServiceWeights {
  const { assessment, history, policy, balance, load, stale = false, hold = false } = scene;
  const members = membersOf(service, assessment.snapshot.guests);
  if (members.length === 0) return { service: service.name, members: [], frozen: 'no-members' };
  const lastOf = (guest: GuestId): Weight | undefined => history.weights[memberKey(service.name, guest)];
  const candidates = candidatesOf(members, load, lastOf, policy);
  const migrating = stale ? NOBODY : scene.migrating;
  const states = statesOf(service, candidates, migrating, balance);
  const isReady = ({ member }: Candidate): boolean => states.get(member.guest) === 'ready';
  const inPlay = candidates.filter((candidate) => candidate.load !== undefined && isReady(candidate));
  const aims = stale || hold ? NO_AIMS : aimsOf(service, inPlay, policy);
  const best = Math.max(0, ...inPlay.map((candidate) => candidate.raw));
  const weights = candidates.map((candidate): MemberWeight => {
    const { member } = candidate;
    const migrates = migrating.get(member.guest);
    const aside = stale || !isReady(candidate);
    const migration = aside ? 1 : migrationFactor(member.guest, migrates, history, load, policy);
    const weight = steadyWeight(candidate, aims.get(member.guest), migrates !== undefined, policy) * migration;
    const state = isReady(candidate) ? 'ready' : 'drain';
    return { member, weight, state, factors: factorsOf(candidate, best, migration, policy) };
  });
  return { service: service.name, members: weights, ...(stale ? { frozen: 'stale' } : {}) };
}

const NOBODY: ReadonlyMap<GuestId, MigratingGuest> = new Map();
const NO_AIMS: ReadonlyMap<GuestId, Weight> = new Map();

/**
 * The weight without what a migration takes off it. While a guest migrates its load reads low, since its traffic is
 * lowered: its weight may fall, never climb.
 */
function steadyWeight(candidate: Candidate, aim: Weight | undefined, migrates: boolean, policy: WeightPolicy): Weight {
  if (aim === undefined) return candidate.last;
  const next = tidy(stepTowards(candidate.last, aim, policy));
  return migrates ? Math.min(candidate.last, next) : next;
}

function factorsOf(candidate: Candidate, best: number, migration: Ratio, policy: WeightPolicy): WeightFactors {
  const { base, raw, load } = candidate;
  if (load === undefined) return { base, headroom: 1, pressure: 1, migration, wanted: candidate.last * migration };
  const wanted = best > 0 ? Math.min(1, raw / best) : 1;
  return { base, ...loadFactors(load, 1, 0, policy), migration, wanted: wanted * migration };
}
