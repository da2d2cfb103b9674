import { compileRules } from '@ballast/config';
import {
  type Assessment,
  BallastError,
  type ClusterSnapshot,
  type History,
  isOpen,
  type Migration,
  type Milliseconds,
  type Orders,
  type Plan,
  type RoundReport,
  type Rule,
  type StepReport,
  wallOf,
} from '@ballast/core';
import { remember } from '@ballast/planner';
import { rememberWeights } from '@ballast/weigher';
import { Adoptions } from '../adoption/adoptions.ts';
import { inDoubt } from '../adoption/in-doubt.ts';
import { approvedPlan, propose } from '../approval/proposals.ts';
import { decideOnFacts } from '../decide/candidates.ts';
import { requireFresh } from '../execution/fresh.ts';
import { settleMoves } from '../execution/moves.ts';
import { closedAt } from '../execution/windows.ts';
import { abortRunning } from '../orders/abort.ts';
import { StandingOrders, withDrains } from '../orders/standing.ts';
import { tellEnds, withMoves } from '../verification/ends.ts';
import { verifyMoves } from '../verification/verify.ts';
import { BorrowedWeights, withoutBorrowed } from '../weights/borrowed.ts';
import { Weights } from '../weights/weights.ts';
import { Announcer } from './announcer.ts';
import { Carrier } from './carrier.ts';
import { Memory } from './memory.ts';
import { NativeBalancerWatch } from './native-balancer.ts';
import type { OperatorParts } from './parts.ts';
import { failureOf, stage } from './stage.ts';

type Pass = Pick<
  RoundReport,
  'outcome' | 'assessment' | 'plan' | 'weights' | 'targets' | 'steps' | 'paused' | 'closed'
>;

/**
 * The loop's memory between rounds, and the execution that spans them. A round starts an execution and goes on:
 * weights follow the load while migrations run (docs/adr/0004).
 */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #weights: Weights;
  readonly #borrowed: BorrowedWeights;
  readonly #memory: Memory;
  readonly #nativeBalancer: NativeBalancerWatch;
  readonly #adoptions: Adoptions;
  readonly #orders: StandingOrders;
  readonly #announcer: Announcer;
  readonly #carrier: Carrier;
  #latest: Assessment | undefined;
  #rules: readonly Rule[] = [];
  #report: RoundReport | undefined;
  /** Steps that ended since the last report. */
  readonly #ended = new Map<string, StepReport>();
  #stopping = false;
  #round: Promise<unknown> = Promise.resolve();
  readonly #abandon = new AbortController();

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.#weights = new Weights(parts);
    this.#memory = new Memory(parts.store, parts.log);
    this.#borrowed = new BorrowedWeights({ weights: this.#weights, memory: this.#memory, log: parts.log });
    this.#nativeBalancer = new NativeBalancerWatch(parts.log);
    this.#orders = new StandingOrders(parts);
    this.#announcer = new Announcer(parts);
    this.#adoptions = new Adoptions({
      ...parts,
      memory: this.#memory,
      signal: this.#abandon.signal,
      onProgress: (step) => this.#progressed(step),
    });
    this.#carrier = new Carrier({
      ...parts,
      memory: this.#memory,
      weights: this.#weights,
      signal: this.#abandon.signal,
      newest: () => this.#latest,
      rules: () => this.#rules,
      adopted: () => this.#adoptions.running,
      requireLead: () => this.#requireLead(),
      requireLeave: async () => {
        await this.#orders.requireNone();
        this.#requireLead();
      },
      onProgress: (step) => this.#progressed(step),
    });
  }

  get history(): History {
    return this.#memory.history;
  }

  /** The newest report; none before the first round has ended. */
  get report(): RoundReport | undefined {
    return this.#report;
  }

  /** Steps of the execution under way, and migrations that were found running. */
  get steps(): readonly StepReport[] {
    return [...this.#carrier.reports, ...this.#adoptions.reports];
  }

  /**
   * One round. Throws nothing: a failure is a report.
   *
   *  1. observe   one snapshot, complete and fresh, or a refusal: then nothing is decided and nothing changes
   *  2. assess    fold it into the history, adopt what runs and nobody follows, settle what became of earlier moves
   *  3. decide    a plan and a weight table, together; candidates are inspected until every step rests on facts
   *  4. act       in `auto`: weights first, then the plan, unless one is being carried out; in `advise` what was approved
   *  5. report    the history saved, metrics, one log line
   */
  round(): Promise<RoundReport> {
    const round = this.#runRound();
    this.#round = round;
    return round;
  }

  async #runRound(): Promise<RoundReport> {
    const { clock, settings } = this.#parts;
    const startedAt = clock.now();
    const base = { round: startedAt.toString(36), mode: settings.mode, startedAt };
    let report: RoundReport;
    try {
      report = { ...base, ...(await this.#pass()), duration: clock.now() - startedAt };
    } catch (error) {
      // Steps that wait must not be checked against what is no longer known to be so.
      this.#latest = undefined;
      const outcome = this.#abandon.signal.aborted ? 'aborted' : 'failed';
      const steps = this.#stepsToReport();
      report = { ...base, outcome, failure: failureOf(error), targets: [], steps, duration: clock.now() - startedAt };
    }
    this.#report = report;
    this.#announcer.tell(report);
    return report;
  }

  /** Starts no further step, waits for what runs, and lets go of it after `grace`: migrations go on in the cluster. */
  async stop(grace: Milliseconds): Promise<void> {
    const { clock, log } = this.#parts;
    this.#stopping = true;
    this.#carrier.stopStarting('The operator stops.');
    const work = this.#round.then(() => Promise.all([this.#carrier.ended, this.#adoptions.ended]));
    const patience = new AbortController();
    await Promise.race([work, clock.sleep(grace, patience.signal).catch(() => undefined)]);
    patience.abort();
    for (const { guest, from, to } of this.#inFlight()) {
      log.warn({ guest, from, to }, 'still migrates; it goes on in the cluster');
    }
    this.#abandon.abort();
    await work;
    await this.#memory.save();
  }

  async #pass(): Promise<Pass> {
    const { settings, clock, source } = this.#parts;
    const { signal } = this.#abandon;
    await stage('observe', () => this.#memory.load());
    const orders = await stage('observe', () => this.#orders.read());
    const snapshot = withDrains(await stage('observe', () => source.observe({ signal })), orders);
    await this.#adoptions.adopt(snapshot, () => this.#carrier.followed);
    this.#nativeBalancer.look(snapshot, settings.balance);
    const now = clock.now();
    const inFlight = this.#inFlight();
    const followed = new Set(inFlight.map((step) => step.guest));
    this.#memory.update((history) => remember(history, snapshot, settings.balance));
    this.#learn(snapshot, (history) => settleMoves(history, snapshot, followed, now));
    const rules: readonly Rule[] = [...snapshot.rules, ...this.#compileRules(snapshot)];
    const uncertain = inDoubt(this.history, snapshot, followed);
    const previous = this.#report?.plan?.steps ?? [];
    const moving = [...inFlight, ...uncertain];
    const input = { snapshot, history: this.history, settings, rules, now, inFlight: moving, previous };
    const { assessment, plan, weights } = await stage('decide', () =>
      decideOnFacts(input, source, signal, this.#parts.planner),
    );
    this.#latest = assessment;
    this.#rules = rules;
    this.#learn(snapshot, (history) =>
      withMoves(history, verifyMoves({ history, assessment, policy: settings.balance, now })),
    );
    const targets = await stage('act', () => this.#act(plan, weights, orders, uncertain));
    await stage('report', () => this.#memory.save());
    const paused = this.#orders.pause === undefined ? {} : { paused: true as const };
    const closed = closedAt(settings.budgets, wallOf(clock));
    return {
      outcome: 'completed',
      assessment,
      plan,
      weights,
      targets,
      steps: this.#stepsToReport(),
      ...paused,
      ...closed,
    };
  }

  /** Takes over what a look at the cluster tells of migrations that nobody follows. */
  #learn(snapshot: ClusterSnapshot, change: (history: History) => History): void {
    const before = this.history;
    this.#memory.update(change);
    for (const step of tellEnds(before, this.history, snapshot, this.#parts)) this.#progressed(step);
  }

  #compileRules({ guests, nodes }: ClusterSnapshot): readonly Rule[] {
    const { rules, problems } = compileRules(this.#parts.settings.rules, guests, nodes);
    for (const problem of problems) this.#parts.log.warn({ code: 'rule-ignored' }, problem);
    return rules;
  }

  async #act(
    plan: Plan,
    table: NonNullable<RoundReport['weights']>,
    orders: Orders,
    uncertain: readonly Migration[],
  ): Promise<RoundReport['targets']> {
    const { settings, clock } = this.#parts;
    const { pause } = this.#orders;
    if (pause?.abort === true) await abortRunning(this.steps, this.#parts, { signal: this.#abandon.signal });
    if (settings.mode === 'observe') return [];
    if (pause !== undefined) this.#carrier.stopStarting(`${pause.by} paused the operator.`);
    const mayBegin = pause === undefined && !this.#stopping;
    if (settings.mode === 'advise') {
      this.#memory.update((history) => propose(history, plan, clock.now()));
      const reports = pause?.weights === true ? [] : await this.#giveBack(uncertain);
      if (mayBegin && !this.#stopping) this.#carryOutApproved(plan, orders);
      return reports;
    }
    // Adopting and deciding ask the cluster, too: where it hardly answers the look is old by now.
    const mayPush = this.#mayPushOn(this.#latest);
    mayPush();
    if (pause?.weights === true) return [];
    const reports = await this.#weights.push(table, this.#abandon.signal, mayPush);
    if (reports.length > 0) this.#memory.update((history) => withoutBorrowed(rememberWeights(history, table)));
    if (mayBegin && !this.#stopping && this.#carrier.mayBegin(plan)) this.#carrier.begin(plan);
    return reports;
  }

  /** In mode `advise`: weights that an approved plan has lowered climb back. */
  async #giveBack(uncertain: readonly Migration[]): Promise<RoundReport['targets']> {
    if (this.#latest === undefined || this.history.borrowed === undefined) return [];
    const moving = (): readonly Migration[] => [...this.#inFlight(), ...uncertain];
    const mayPush = this.#mayPushOn(this.#latest);
    mayPush();
    return await this.#borrowed.tend(this.#latest, moving, this.#abandon.signal, mayPush);
  }

  /** In mode `advise`: what somebody approved, once. Weights are borrowed for it, as load is not answered in that mode. */
  #carryOutApproved(current: Plan, orders: Orders): void {
    const { clock } = this.#parts;
    const found = approvedPlan(this.history, orders, current, wallOf(clock));
    if (found === undefined || !this.#carrier.mayBegin(found.plan)) return;
    this.#requireLead();
    const { by, since: approvedAt } = found.approval;
    this.#carrier.begin(found.plan, { by, approvedAt, borrowed: this.#borrowed });
  }

  /** Throws where weights may not be pushed on a look: another operator leads, or it is old by now. */
  #mayPushOn(look: Assessment | undefined): () => void {
    return () => {
      this.#requireLead();
      if (look !== undefined) requireFresh(look, this.#parts.clock);
    };
  }

  #requireLead(): void {
    if (this.#parts.leads?.() ?? true) return;
    throw new BallastError('not-leading', 'This operator no longer leads: it starts nothing more.', {
      hint: 'Nothing is to be done: another one leads, or this one takes the lead again.',
    });
  }

  #inFlight(): readonly Migration[] {
    return [...this.#carrier.running, ...this.#adoptions.running];
  }

  #progressed(step: StepReport): void {
    const { guest, from, to } = step.step;
    if (!isOpen(step.state)) this.#ended.set([guest, from, to, step.startedAt].join(), step);
    this.#parts.onProgress?.(step);
  }

  #stepsToReport(): readonly StepReport[] {
    const ended = [...this.#ended.values()];
    this.#ended.clear();
    return [...ended, ...this.steps.filter(({ state }) => isOpen(state))];
  }
}
