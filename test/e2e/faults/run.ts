import { hasArrived, type Milliseconds, type RoundReport, type StepReport } from '@ballast/core';
import { MINUTE, Rig, type RigOptions, SECOND } from './rig.ts';
import type { Asked } from './watch.ts';

/** When a fault strikes: the plan has two steps, the second of which waits for the first. */
export type Moment = 'the first step is asked for' | 'a migration runs' | 'the second step is due';

/** One fault at one moment. */
export interface FaultRun {
  readonly fault: string;
  readonly moment: Moment;
  /** Lets it happen. @returns heals it */
  readonly strike: (rig: Rig) => (() => void) | undefined;
  /** How long it lasts. */
  readonly lasts: Milliseconds;
  readonly options?: RigOptions;
  /** What somebody should do who sees it. */
  readonly cure: string;
}

/** What the cluster's records and Ballast's own words tell of a run. */
export interface Outcome {
  readonly run: FaultRun;
  /** What the watch saw that must never be. */
  readonly broken: readonly string[];
  /** Requests for migrations before, during and after the fault. */
  readonly asked: Readonly<Record<'before' | 'during' | 'after', readonly Asked[]>>;
  /** How the tasks of Ballast's migrations ended. */
  readonly exits: readonly (string | undefined)[];
  /** Rounds that failed. */
  readonly failed: readonly RoundReport[];
  /** Steps that ended otherwise than well. */
  readonly steps: readonly StepReport[];
  /** Lines of the log from the fault on, of level warn and above. */
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
  /** How the history says that migrations ended, oldest first. */
  readonly records: readonly string[];
  /** Migrations that were adopted. */
  readonly adopted: number;
  readonly hot: readonly string[];
  /** Nothing runs, the newest round is good, and no node is hot, or the plan says why one is. */
  readonly rests: boolean;
}

const WARM_UP: Milliseconds = 3 * MINUTE;
const AFTER: Milliseconds = 12 * MINUTE;
/** The fault is over, and nothing happened for so long. */
const CALM: Milliseconds = 31 * SECOND;
const HIGH = 0.8;

/** Lets a fault befall a rebalance, heals it, and waits until the cluster rests. */
export async function runFault(run: FaultRun): Promise<Outcome> {
  const rig = await Rig.start(run.options);
  try {
    let heal: (() => void) | undefined;
    let struck: number | undefined;
    const strike = (): void => {
      if (struck !== undefined || !isDue(rig, run.moment)) return;
      struck = rig.clock.now();
      heal = run.strike(rig);
    };
    await rig.pass(WARM_UP, () => struck !== undefined, strike);
    if (struck === undefined) throw new Error(`the moment never came: ${run.moment}`);
    const began = struck;
    await rig.pass(run.lasts);
    heal?.();
    const healed = rig.clock.now();
    let calmSince = healed;
    await rig.pass(AFTER, () => {
      if (!isCalm(rig)) calmSince = rig.clock.now();
      return rig.clock.now() - calmSince >= CALM;
    });
    return outcomeOf(rig, run, began, healed);
  } finally {
    await rig.stop();
  }
}

function isDue(rig: Rig, moment: Moment): boolean {
  const { tasks } = rig.watch;
  const [first] = tasks;
  switch (moment) {
    case 'the first step is asked for':
      return tasks.length === 0;
    case 'a migration runs':
      return first !== undefined && rig.simulator.world.now >= first.startedAt + 10 * SECOND;
    case 'the second step is due':
      return first?.endedAt !== undefined;
  }
}

function hotNodes({ simulator }: Rig): readonly string[] {
  const { nodes } = simulator.world;
  return nodes
    .filter(({ online, activity, cores }) => online && activity.granted / cores > HIGH)
    .map(({ name }) => name);
}

function isCalm(rig: Rig): boolean {
  const { operator, reports } = rig.life;
  const newest = reports.at(-1);
  if (rig.simulator.world.migrations.length > 0 || operator.steps.length > 0) return false;
  if (newest?.failure !== undefined || newest?.plan === undefined) return false;
  return newest.plan.steps.length === 0 && (hotNodes(rig).length === 0 || newest.plan.unresolved.length > 0);
}

function outcomeOf(rig: Rig, run: FaultRun, struck: number, healed: number): Outcome {
  const { life, watch } = rig;
  const { asked } = watch;
  const since = life.reports.filter((report) => report.startedAt >= struck);
  return {
    run,
    broken: watch.broken,
    asked: {
      before: asked.filter(({ at }) => at < struck),
      during: asked.filter(({ at }) => at >= struck && at < healed),
      after: asked.filter(({ at }) => at >= healed),
    },
    exits: watch.tasks.map(({ exit }) => exit),
    failed: since.filter((report) => report.failure !== undefined),
    steps: since
      .flatMap(({ steps }) => steps)
      .filter(({ state, endedAt }) => state === 'skipped' || (endedAt !== undefined && !hasArrived(state))),
    warnings: life.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ level }) => level === 'warn' || level === 'error'),
    adopted: life.logged.filter((line) => line.includes('adopted a migration')).length,
    records: life.operator.history.moves.map(({ outcome }) => outcome),
    hot: hotNodes(rig),
    rests: isCalm(rig),
  };
}
