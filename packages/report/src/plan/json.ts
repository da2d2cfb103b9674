import type {
  BlockerCode,
  Decision,
  GuestId,
  GuestKind,
  MemberState,
  MigrationMode,
  MigrationReason,
  Mode,
  NodeClass,
  NodeProjection,
  Resource,
  ResourcePolicy,
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
    readonly cost: { readonly bytes: number; readonly durationMs: number; readonly downtimeMs: number };
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
    },
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
