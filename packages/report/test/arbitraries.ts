import {
  BLOCKER_CODES,
  type Diagnosis,
  type Explanation,
  FINDING_CODES,
  MIGRATION_REASONS,
  type Migration,
  NODE_CLASSES,
  type NodeClass,
  RESOURCES,
  type RoundReport,
  STEP_STATES,
  type StepReport,
  type Violation,
  type WeightTable,
} from '@ballast/core';
import { aBalancePolicy, aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import fc from 'fast-check';
import type { PlanReportInput } from '../src/index.ts';

/** Names and sentences as nobody should choose them: endless, wide, empty, hostile. */
export const aText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 120 }) },
  fc.string({ minLength: 100, maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('仮', '想', '🖥️', '👩‍🚀', 'é', '한', ' ', '🇩🇪'), maxLength: 90 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '</title></style><svg/onload=alert(1)>',
    '&lt;b&gt; & <!-- ',
    '| a | b |\n\n# title',
    '](javascript:alert(1)) `code` **bold**',
    '\u001b[2J\u001b[31mred\r\nnext\u0007',
    '\u202Eevil\u2066',
    '',
  ),
);

const aRatio = fc.oneof(fc.double({ min: 0, max: 1.3, noNaN: true }), fc.constantFrom(0, 0.8, 0.8001, 1));
const aClass = fc.constantFrom<NodeClass>(...NODE_CLASSES);
const aUtilization = fc.record({ cpu: aRatio, memory: aRatio });
const anId = fc.integer({ min: 100, max: 999_999_999 });

const aStep: fc.Arbitrary<Migration> = fc.record({
  guest: anId,
  guestName: aText,
  kind: fc.constantFrom('qemu', 'lxc'),
  from: aText,
  to: aText,
  mode: fc.constantFrom('live', 'restart', 'offline'),
  reason: fc.constantFrom(...MIGRATION_REASONS),
  why: fc.array(aText, { maxLength: 3 }),
  gain: fc.record({
    resource: fc.constantFrom(...RESOURCES),
    fromBefore: aRatio,
    fromAfter: aRatio,
    toBefore: aRatio,
    toAfter: aRatio,
  }),
  cost: fc.record({
    bytes: fc.double({ min: 0, max: 1e15, noNaN: true }),
    duration: fc.double({ min: 0, max: 1e10, noNaN: true }),
    downtime: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
});

export const aTable: fc.Arbitrary<WeightTable> = fc
  .array(
    fc.record({
      service: aText,
      members: fc.array(
        fc.record({
          member: fc.record({ guest: anId, name: aText, port: fc.constant(80) }),
          weight: aRatio,
          state: fc.constantFrom('ready' as const, 'drain' as const),
          factors: fc.record({ base: aRatio, headroom: aRatio, pressure: aRatio, migration: aRatio, wanted: aRatio }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 2 },
  )
  .map((services) => ({ snapshotId: 's', decidedAt: T0, services }));

const aNodeOfPlan = fc.record({
  name: aText,
  before: aUtilization,
  after: aUtilization,
  classes: fc.tuple(aClass, aClass),
  guests: fc.nat(5000),
});

/** Any plan at all, its parts not in keeping with one another: a report has to bear that too. */
export const anyReport: fc.Arbitrary<PlanReportInput> = fc
  .record({
    nodes: fc.array(aNodeOfPlan, { maxLength: 20 }),
    steps: fc.array(aStep, { maxLength: 3 }),
    blocked: fc.array(
      fc.record({ guest: fc.constantFrom(100, 101, 102), code: fc.constantFrom(...BLOCKER_CODES), detail: aText }),
      { maxLength: 8 },
    ),
    unresolved: fc.array(fc.record({ node: aText, detail: aText }), { maxLength: 2 }),
    violations: fc.array(
      fc.record({
        kind: fc.constantFrom('pin' as const, 'affinity' as const, 'anti-affinity' as const),
        source: fc.record({ kind: fc.constantFrom('tag' as const, 'config' as const, 'ha' as const), name: aText }),
        guests: fc.subarray([100, 101, 102], { minLength: 1 }),
        nodes: fc.array(aText, { maxLength: 3 }),
      }),
      { maxLength: 10 },
    ),
    names: fc.tuple(aText, aText, aText),
    weights: aTable,
    notes: fc.array(aText, { maxLength: 2 }),
  })
  .map(reportOf);

function reportOf(parts: {
  readonly nodes: readonly (typeof aNodeOfPlan extends fc.Arbitrary<infer T> ? T : never)[];
  readonly steps: readonly Migration[];
  readonly blocked: PlanReportInput['plan']['blocked'];
  readonly unresolved: PlanReportInput['plan']['unresolved'];
  readonly violations: readonly Violation[];
  readonly names: readonly [string, string, string];
  readonly weights: WeightTable;
  readonly notes: readonly string[];
}): PlanReportInput {
  const [cluster, id, guestName] = parts.names;
  const nodes = parts.nodes.map(({ name, before }) => aNode(name, before));
  const guests = [aGuest(100, nodes[0]?.name ?? 'none', {}, { name: guestName }), aGuest(101, 'gone')];
  const standing = (when: 'before' | 'after', which: 0 | 1): PlanReportInput['plan']['before'] =>
    parts.nodes.map((node) => ({
      node: node.name,
      utilization: node[when],
      class: node.classes[which],
      guests: node.guests,
    }));
  return {
    cluster,
    policy: aBalancePolicy(),
    mode: 'auto',
    assessment: {
      snapshot: aSnapshot({ cluster, nodes, guests }),
      nodes: nodes.map((node, i) => ({
        node,
        usage: node.usage,
        utilization: parts.nodes[i]?.before ?? { cpu: 0, memory: 0 },
        class: parts.nodes[i]?.classes[0] ?? 'under',
        hot: (parts.nodes[i]?.before.cpu ?? 0) > 0.8 ? ['cpu'] : [],
        roundsOver: i,
        pressure: 0,
      })),
      guests: guests.map((guest) => ({ guest, usage: guest.usage, blockers: [] })),
    },
    plan: {
      id,
      snapshotId: id,
      decidedAt: T0,
      steps: parts.steps,
      blocked: parts.blocked,
      before: standing('before', 0),
      after: standing('after', 1),
      unresolved: parts.unresolved,
    },
    violations: parts.violations,
    weights: parts.weights,
    notes: parts.notes,
  };
}

export const aStepReport: fc.Arbitrary<StepReport> = fc.record(
  {
    step: aStep,
    state: fc.constantFrom(...STEP_STATES),
    startedAt: fc.constant(T0),
    endedAt: fc.constant(T0 + 58_000),
    progress: fc.record({ ratio: aRatio, speed: fc.double({ min: 0, max: 1e11, noNaN: true }) }),
    outcome: fc.record({ result: fc.constant('done' as const), detail: aText, downtime: fc.nat() }),
    detail: aText,
  },
  { requiredKeys: ['step', 'state'] },
);

export const anyExplanation: fc.Arbitrary<Explanation> = fc.record(
  {
    guest: anId,
    guestName: aText,
    node: aText,
    decision: fc.constantFrom('moves', 'stays'),
    summary: aText,
    step: aStep,
    blockers: fc.array(fc.record({ guest: anId, code: fc.constantFrom(...BLOCKER_CODES), detail: aText }), {
      maxLength: 3,
    }),
    targets: fc.array(
      fc.record(
        {
          node: aText,
          allowed: fc.boolean(),
          code: fc.constantFrom(...BLOCKER_CODES),
          detail: aText,
          after: aUtilization,
        },
        { requiredKeys: ['node', 'allowed', 'detail'] },
      ),
      { maxLength: 4 },
    ),
  },
  { requiredKeys: ['guest', 'guestName', 'node', 'decision', 'summary', 'blockers', 'targets'] },
);

export const aRound: fc.Arbitrary<RoundReport> = fc
  .tuple(anyReport, fc.array(aStepReport, { maxLength: 3 }), aText)
  .map(([{ assessment, plan }, steps, message]) => ({
    round: 'r1',
    mode: 'auto',
    startedAt: T0,
    duration: 812,
    outcome: 'completed',
    failure: { stage: 'act', code: 'x', message },
    assessment,
    plan,
    targets: [],
    steps,
  }));

export const anyDiagnosis: fc.Arbitrary<Diagnosis> = fc.record({
  cluster: aText,
  checkedAt: fc.constant(T0),
  requests: fc.nat(5000),
  findings: fc.array(
    fc.record(
      {
        code: fc.constantFrom(...FINDING_CODES),
        severity: fc.constantFrom('ok', 'warning', 'failure'),
        subject: aText,
        detail: aText,
        cure: aText,
        commands: fc.array(aText, { maxLength: 2 }),
        guests: fc.array(fc.record({ id: anId, name: aText, node: aText, detail: aText }), { maxLength: 5 }),
      },
      { requiredKeys: ['code', 'severity', 'subject', 'detail'] },
    ),
    { maxLength: 6 },
  ),
});
