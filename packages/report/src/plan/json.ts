import type {
  BlockerCode,
  Decision,
  GuestId,
  GuestKind,
  LearnedFrom,
  MemberState,
  MigrationMode,
  MigrationReason,
  Mode,
  NodeClass,
  NodeProjection,
  NoticeCode,
  Resource,
  ResourcePolicy,
  RuleSource,
  Violation,
} from '@ballast/core';
import type { PlanReportInput } from './input.ts';
import { outlinePlan } from './outline.ts';

/** Grows by fields within a version; a field that goes or changes its meaning makes a new one. */
export const PLAN_SCHEMA = 'ballast-plan/1';

interface NodeState {
  readonly cpu: number;
  readonly memory: number;
  readonly class: NodeClass;
  readonly guests: number;
}

/**
 * A plan as a JSON document. Ratios are 0..1, sizes bytes, times milliseconds or ISO 8601 in UTC; a key is never left
 * out: what is not known is null.
 */
export interface PlanDocument {
  readonly schema: typeof PLAN_SCHEMA;
  readonly cluster: string;
  readonly mode: Mode | null;
  readonly id: string;
  readonly snapshotId: string;
  readonly decidedAt: string;
  readonly decision: Decision;
  readonly summary: string;
  readonly totals: {
    readonly migrations: number;
    readonly bytes: number;
    readonly durationMs: number;
    readonly hotNodesBefore: number;
    readonly hotNodesAfter: number;
  };
  readonly thresholds: Readonly<Record<Resource, ResourcePolicy>>;
  readonly steps: readonly {
    readonly order: number;
    readonly guest: { readonly id: GuestId; readonly name: string; readonly kind: GuestKind };
    readonly from: string;
    readonly to: string;
    readonly mode: MigrationMode;
    readonly reason: MigrationReason;
    readonly why: readonly string[];
    readonly gain: {
      readonly resource: Resource;
      readonly from: { readonly before: number; readonly after: number };
      readonly to: { readonly before: number; readonly after: number };
    };
    readonly cost: {
      readonly bytes: number;
      readonly durationMs: number;
      readonly downtimeMs: number;
      readonly learned: { readonly from: LearnedFrom; readonly moves: number } | null;
    };
    readonly wave: number | null;
    readonly alternatives: readonly { readonly node: string; readonly fullness: number }[];
  }[];
  readonly nodes: readonly { readonly name: string; readonly before: NodeState; readonly after: NodeState }[];
  readonly blocked: readonly {
    readonly guest: { readonly id: GuestId; readonly name: string | null };
    readonly node: string | null;
    readonly code: BlockerCode;
    readonly detail: string;
  }[];
  readonly unresolved: readonly { readonly node: string; readonly detail: string }[];
  readonly weights: readonly {
    readonly service: string;
    readonly frozen: 'stale' | 'no-members' | null;
    readonly members: readonly {
      readonly guest: { readonly id: GuestId; readonly name: string };
      readonly port: number;
      readonly weight: number;
      readonly state: MemberState;
    }[];
  }[];
  readonly notes: readonly string[];
  readonly notices: readonly {
    readonly code: NoticeCode;
    readonly nodes: readonly string[];
    readonly guests: readonly GuestId[];
    readonly detail: string;
  }[];
  /** The steps once more, as short as can be: in the order in which they run, those of one wave at the same time. */
  readonly moves: readonly {
    readonly guest: GuestId;
    readonly from: string;
    readonly to: string;
    readonly wave: number | null;
  }[];
  readonly before: readonly NodeLoad[];
  readonly after: readonly NodeLoad[];
  readonly bound: number | null;
  readonly boundBytes: number | null;
  readonly makespanMs: number | null;
  readonly violations:
    | readonly {
        readonly kind: Violation['kind'];
        readonly rule: string;
        readonly source: RuleSource['kind'];
        readonly guests: readonly GuestId[];
        readonly nodes: readonly string[];
      }[]
    | null;
  readonly elapsedMs: number | null;
}

interface NodeLoad {
  readonly node: string;
  readonly cpu: number;
  readonly mem: number;
}

export function planJson(input: PlanReportInput): string {
  return `${JSON.stringify(planDocument(input), null, 2)}\n`;
}

export function planDocument(input: PlanReportInput): PlanDocument {
  const { plan, policy } = input;
  const outline = outlinePlan(input);
  return {
    schema: PLAN_SCHEMA,
    cluster: input.cluster,
    mode: input.mode ?? null,
    id: plan.id,
    snapshotId: plan.snapshotId,
    decidedAt: new Date(plan.decidedAt).toISOString(),
    decision: outline.decision,
    summary: outline.summary,
    totals: {
      migrations: plan.steps.length,
      bytes: Math.round(outline.bytes),
      durationMs: Math.round(outline.duration),
      hotNodesBefore: outline.hotBefore,
      hotNodesAfter: outline.hotAfter,
    },
    thresholds: { cpu: thresholds(policy.cpu), memory: thresholds(policy.memory) },
    steps: stepsOf(input),
    nodes: outline.nodes.map(({ node, before, after }) => ({
      name: node,
      before: stateOf(before),
      after: stateOf(after),
    })),
    blocked: blockedOf(input),
    unresolved: plan.unresolved.map(({ node, detail }) => ({ node, detail })),
    weights: weightsOf(input),
    notes: [...(input.notes ?? [])],
    notices: (plan.notices ?? []).map(({ code, nodes, guests, detail }) => ({
      code,
      nodes: [...nodes],
      guests: [...guests],
      detail,
    })),
    moves: plan.steps.map(({ guest, from, to, wave }) => ({ guest, from, to, wave: wave ?? null })),
    before: plan.before.map(loadOf),
    after: plan.after.map(loadOf),
    bound: plan.bound?.moves ?? null,
    boundBytes: plan.bound === undefined ? null : Math.round(plan.bound.bytes),
    makespanMs: plan.makespan === undefined ? null : Math.round(plan.makespan),
    violations: input.violations?.map(violationOf) ?? null,
    elapsedMs: input.elapsed === undefined ? null : Math.round(input.elapsed * 10) / 10,
  };
}

function stepsOf({ plan }: PlanReportInput): PlanDocument['steps'] {
  return plan.steps.map((step, i) => ({
    order: i + 1,
    guest: { id: step.guest, name: step.guestName, kind: step.kind },
    from: step.from,
    to: step.to,
    mode: step.mode,
    reason: step.reason,
    why: [...step.why],
    gain: {
      resource: step.gain.resource,
      from: { before: rounded(step.gain.fromBefore), after: rounded(step.gain.fromAfter) },
      to: { before: rounded(step.gain.toBefore), after: rounded(step.gain.toAfter) },
    },
    cost: {
      bytes: Math.round(step.cost.bytes),
      durationMs: Math.round(step.cost.duration),
      downtimeMs: Math.round(step.cost.downtime),
      learned: step.cost.learned ?? null,
    },
    wave: step.wave ?? null,
    alternatives: (step.alternatives ?? []).map(({ node, fullness }) => ({ node, fullness: rounded(fullness) })),
  }));
}

function blockedOf({ plan, assessment }: PlanReportInput): PlanDocument['blocked'] {
  const guests = new Map(assessment.guests.map(({ guest }) => [guest.id, guest]));
  return plan.blocked.map(({ guest, code, detail }) => ({
    guest: { id: guest, name: guests.get(guest)?.name ?? null },
    node: guests.get(guest)?.node ?? null,
    code,
    detail,
  }));
}

function weightsOf({ weights }: PlanReportInput): PlanDocument['weights'] {
  return (weights?.services ?? []).map(({ service, frozen, members }) => ({
    service,
    frozen: frozen ?? null,
    members: members.map(({ member, weight, state }) => ({
      guest: { id: member.guest, name: member.name },
      port: member.port,
      weight: rounded(weight),
      state,
    })),
  }));
}

/** Finer than elsewhere: what is checked against a target must not be rounded onto it. */
function loadOf({ node, utilization }: NodeProjection): NodeLoad {
  const fine = (ratio: number): number => Math.round(ratio * 1e9) / 1e9;
  return { node, cpu: fine(utilization.cpu), mem: fine(utilization.memory) };
}

function violationOf({ kind, source, guests, nodes }: Violation): NonNullable<PlanDocument['violations']>[number] {
  return { kind, rule: source.name, source: source.kind, guests: [...guests], nodes: [...nodes] };
}

function stateOf({ utilization, class: name, guests }: NodeProjection): NodeState {
  return { cpu: rounded(utilization.cpu), memory: rounded(utilization.memory), class: name, guests };
}

function thresholds({ high, target, ceiling }: ResourcePolicy): ResourcePolicy {
  return { high, target, ceiling };
}

/** Four digits after the point: a hundredth of a percent, free of the noise of binary fractions. */
function rounded(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
