import type {
  BalancePolicy,
  GuestId,
  History,
  Instant,
  Migration,
  MigrationReason,
  MoveRecord,
  NodeName,
  Resource,
} from '@ballast/core';
import { movesByGuest } from '../assessment/rest.ts';
import { above } from '../limits.ts';
import { type Learned, learn } from '../placement/learned.ts';
import type { PlacedGuest, PlacedNode } from '../placement/placed.ts';
import { Placement, settledUtilization } from '../placement/placement.ts';
import { type Rulebook, readRules } from '../rules/rulebook.ts';
import { learnedSentence } from '../text/cost.ts';
import type { PlanInput, Profile } from './input.ts';

type Aim = 'relief' | 'rules' | 'evacuate' | 'balance' | 'pack';

/** What plans do, by their profile. */
const AIMS: Readonly<Record<Profile, readonly Aim[]>> = {
  standard: ['rules', 'evacuate', 'relief'],
  relief: ['relief'],
  rules: ['rules'],
  evacuate: ['evacuate'],
  balance: ['rules', 'evacuate', 'relief', 'balance'],
  pack: ['rules', 'evacuate', 'relief', 'pack'],
};

interface Checkpoint {
  readonly steps: number;
  readonly moves: number;
}

/** A plan in the making: the placement after the steps so far, and the way back from each. */
export class Planning {
  readonly input: PlanInput;
  readonly policy: BalancePolicy;
  readonly history: History;
  readonly now: Instant;
  readonly rulebook: Rulebook;
  readonly placement: Placement;
  readonly moves: ReadonlyMap<GuestId, readonly MoveRecord[]>;
  readonly learned: Learned;
  /** Steps of the last plan, by guest. */
  readonly previous: ReadonlyMap<GuestId, Migration>;
  readonly steps: Migration[] = [];
  /** Set when a unit was passed over because the plan may have no more steps. */
  cut = false;
  /** Set when relief alone came first, though it left a node hot for which guests could have made room. */
  roomPassedBy = false;
  /** Hot nodes that room was looked for around, in a large cluster. */
  around = 0;
  /** Guests make room for nodes that relief alone leaves hot before it goes down to `target`. */
  readonly roomFirst: boolean;
  readonly #back: (() => void)[] = [];
  /** Steps off each node: a plan may have thousands. */
  readonly #leaving = new Map<NodeName, number>();
  readonly #hotAtFirst: ReadonlySet<PlacedNode>;

  constructor(input: PlanInput, roomFirst = false) {
    const { assessment, policy, history, now } = input;
    this.input = input;
    this.roomFirst = roomFirst;
    this.policy = policy;
    this.history = history;
    this.now = now;
    this.rulebook = readRules(input.rules, assessment.snapshot.nodes);
    this.learned = learn(history.moves, now);
    this.previous = new Map((input.previous ?? []).map((step) => [step.guest, step]));
    this.placement = new Placement({
      nodes: assessment.nodes,
      guests: assessment.guests,
      facts: assessment.snapshot.facts,
      policy,
      expected: input.expected ?? {},
      inFlight: input.inFlight ?? [],
      learned: this.learned,
    });
    this.moves = movesByGuest(history);
    this.#hotAtFirst = new Set(this.placement.nodes.filter((node) => this.hot(node).length > 0));
  }

  /** Whether the plan is to do this, too. */
  isFor(aim: Aim): boolean {
    const profile = this.input.profile ?? this.policy.profile ?? 'standard';
    return AIMS[profile].includes(aim);
  }

  /** Whether a node is to be emptied. One that is offline in maintenance has nothing that could be moved live. */
  empties({ assessed }: PlacedNode): boolean {
    return this.isFor('evacuate') && assessed.node.maintenance && assessed.node.status === 'online';
  }

  /** Resources of a node that would settle above `high`. */
  hot(node: PlacedNode): readonly Resource[] {
    const ratio = settledUtilization(node);
    return (['cpu', 'memory'] as const).filter((resource) => above(ratio[resource], this.policy[resource].high));
  }

  /** Whether a node asks for relief: hot for long enough, or made hot by a step of this plan. */
  asksRelief(node: PlacedNode): boolean {
    if (!this.isFor('relief') || node.assessed.node.status !== 'online' || this.hot(node).length === 0) return false;
    return node.assessed.class === 'over' || !this.#hotAtFirst.has(node);
  }

  /** Whether so many more steps fit into the plan. */
  admits(steps: number): boolean {
    const fits = this.steps.length + steps <= this.policy.maxSteps;
    if (!fits) this.cut = true;
    return fits;
  }

  /** Moves guests, one step for each. `resource` is what the gain is told for. */
  commit(
    guests: readonly PlacedGuest[],
    to: PlacedNode,
    reason: MigrationReason,
    resource: Resource,
    why: readonly string[],
    alternatives?: Migration['alternatives'],
  ): void {
    for (const placed of guests) {
      const from = placed.node;
      const [fromBefore, toBefore] = [settledUtilization(from), settledUtilization(to)];
      this.#back.push(this.placement.move(placed, to));
      const [fromAfter, toAfter] = [settledUtilization(from), settledUtilization(to)];
      this.steps.push({
        guest: placed.id,
        guestName: placed.guest.name,
        kind: placed.guest.kind,
        from: from.name,
        to: to.name,
        mode: placed.mode,
        reason,
        // A step that is told anew in another order has its sentence already.
        why: [...new Set([...why, ...learnedSentence(this.learned, placed, to.name)])],
        gain: {
          resource,
          fromBefore: fromBefore[resource],
          fromAfter: fromAfter[resource],
          toBefore: toBefore[resource],
          toAfter: toAfter[resource],
        },
        cost: placed.costTo(to.name),
        ...(alternatives === undefined ? {} : { alternatives }),
      });
      this.#count(from.name, 1);
    }
  }

  /** The same steps in another order: what each gains is told for where it stands now. */
  retold(steps: readonly Migration[]): readonly Migration[] {
    this.rollback({ steps: 0, moves: 0 });
    for (const { guest, to, reason, gain, why, alternatives } of steps) {
      const [placed, node] = [this.placement.guest(guest), this.placement.node(to)];
      if (placed !== undefined && node !== undefined) {
        this.commit([placed], node, reason, gain.resource, why, alternatives);
      }
    }
    return this.steps.map((step, i) => ({ ...step, wave: steps[i]?.wave ?? 1 }));
  }

  /** Goes on from where these steps lead, as if they had been made: their guests may move again. */
  resume(steps: readonly Migration[]): void {
    for (const { guest, to } of steps) {
      const [placed, node] = [this.placement.guest(guest), this.placement.node(to)];
      if (placed === undefined || node === undefined) continue;
      this.placement.move(placed, node);
      placed.moved = false;
    }
  }

  /** Whether a step takes a guest off the node. */
  hasLeft({ name }: PlacedNode): boolean {
    return (this.#leaving.get(name) ?? 0) > 0;
  }

  #count(node: NodeName, change: 1 | -1): void {
    this.#leaving.set(node, (this.#leaving.get(node) ?? 0) + change);
  }

  checkpoint(): Checkpoint {
    return { steps: this.steps.length, moves: this.#back.length };
  }

  rollback(to: Checkpoint): void {
    while (this.#back.length > to.moves) this.#back.pop()?.();
    for (const { from } of this.steps.slice(to.steps)) this.#count(from, -1);
    this.steps.length = to.steps;
  }
}
