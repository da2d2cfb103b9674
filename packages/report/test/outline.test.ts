import type { MoveRecord } from '@ballast/core';
import { aGuest, aMigration, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import {
  migrationNotes,
  PLAIN,
  planDocument,
  renderExecution,
  renderExplanation,
  renderHistory,
  renderPlan,
  renderRoundLine,
} from '../src/index.ts';
import { outlinePlan } from '../src/plan/outline.ts';
import {
  aBalancedReport,
  aShop,
  aShopPlan,
  aShopReport,
  aStuckReport,
  someExplanations,
  someSteps,
} from './scenarios.ts';

function withNodes(
  edit: (node: ReturnType<typeof aShop>['nodes'][number]) => object,
): ReturnType<typeof aBalancedReport> {
  const report = aBalancedReport();
  const nodes = report.assessment.nodes.map((node) => ({ ...node, ...edit(node) }));
  return { ...report, assessment: { ...report.assessment, nodes } };
}

describe('the summary of a plan', () => {
  it.each([
    [
      'steps',
      aShopReport(),
      'Plan: 2 migrations, 10.1 GiB, about 1 min 34 s. Hot nodes 1 → 0. At least 2 are needed. 1 rule stays broken.',
    ],
    ['none needed', aBalancedReport(), 'Nothing to do: no node is above 80 % CPU or 85 % memory.'],
    ['none helps', aStuckReport(), 'Nothing can be done: no migration helps. Hot nodes 1 → 1. 1 rule stays broken.'],
    [
      'not yet',
      withNodes(({ node }) => (node.name === 'pve1' ? { hot: ['cpu'], roundsOver: 1 } : {})),
      'Nothing to do yet: pve1 is hot, but for fewer than 3 rounds.',
    ],
    [
      'an empty cluster',
      { ...aBalancedReport(), assessment: { ...aShop(), nodes: [] } },
      'Nothing to do: the cluster shows no nodes.',
    ],
  ])('%s', (_, report, summary) => {
    expect(outlinePlan(report).summary).toBe(summary);
  });

  it.each([
    {
      profile: 'rules' as const,
      report: aShopReport({ plan: aShopPlan({ steps: [] }), violations: [] }),
      says: 'Nothing to do for the profile `rules`: no rule is broken. 1 node is above 80 % CPU or 85 % memory; this profile does not relieve it.',
    },
    {
      profile: 'rules' as const,
      report: { ...aBalancedReport(), violations: aShopReport().violations ?? [] },
      says: 'Nothing can be done for the profile `rules`. 1 rule stays broken.',
    },
    {
      profile: 'rules' as const,
      report: aShopReport({ plan: aShopPlan({ after: aShopPlan().before }), violations: [] }),
      says: 'Plan: 2 migrations, 10.1 GiB, about 1 min 34 s. Hot nodes 1 → 1. The profile `rules` relieves none. At least 2 are needed.',
    },
    {
      profile: 'relief' as const,
      report: { ...aBalancedReport(), violations: aShopReport().violations ?? [] },
      says: 'Nothing to do for the profile `relief`: no node is above 80 % CPU or 85 % memory. 1 rule stays broken: the profile `relief` mends none.',
    },
  ])('says what the profile $profile did not look for: $says', ({ profile, report, says }) => {
    expect(outlinePlan({ ...report, policy: { ...report.policy, profile } }).summary).toBe(says);
  });

  it('tells the least bytes as well, where they were asked for', () => {
    const report = aShopReport({ minimize: 'bytes' });
    expect(outlinePlan(report).summary).toMatch(
      /\. Guests with 8\.0 GiB of memory move: at least 2 and 8\.4 GiB are needed\./,
    );
    expect(renderPlan(report, 'html')).toContain('<b>8.4 GiB</b><span>of memory have to move at least</span>');
    expect(renderPlan(aShopReport(), 'html')).not.toContain('of memory have to move');
  });

  it('counts no node that stands at its threshold but for rounding errors', () => {
    const report = aBalancedReport();
    const standing = report.plan.before.map((node) => ({
      ...node,
      utilization: { cpu: 0.8 + Number.EPSILON, memory: 0 },
    }));
    expect(standing[0]?.utilization.cpu).toBeGreaterThan(report.policy.cpu.high);
    const at = { ...report, plan: { ...report.plan, before: standing, after: standing } };
    expect(planDocument(at).totals).toMatchObject({ hotNodesBefore: 0, hotNodesAfter: 0 });
    expect(renderPlan(at, 'markdown')).not.toContain('(hot)');
    expect(renderPlan(at, 'html')).not.toContain('fill hot');
    expect(renderPlan(at, 'text', { ...PLAIN, colour: true })).not.toContain('\u001b[31m');
  });

  it('tells a load that rounds to its threshold from the threshold', () => {
    const report = withNodes(() => ({
      hot: ['cpu'],
      class: 'over',
      roundsOver: 3,
      utilization: { cpu: 0.8004, memory: 0.2 },
    }));
    expect(outlinePlan(report).hot[0]).toBe('pve1 is over: CPU 80.0 % is above 80 %, for 3 rounds.');
  });
});

describe('rules that stay broken', () => {
  const source = { kind: 'config', name: 'db' } as const;
  const violations = [
    { kind: 'anti-affinity' as const, source, guests: [103, 104], nodes: ['pve1'] },
    { kind: 'pin' as const, source: { kind: 'ha' as const, name: 'site' }, guests: [105], nodes: ['pve2'] },
  ];

  it('are never said to be nothing to do, and are told with what keeps their guests', () => {
    const calm = aBalancedReport();
    const detail = 'The only other node has no room.';
    const plan = { ...calm.plan, blocked: [{ guest: 103, code: 'no-room' as const, detail }] };
    const report = { ...calm, plan, violations };
    expect(outlinePlan(report).summary).toBe(
      'Nothing can be done, though no node is above 80 % CPU or 85 % memory. 2 rules stay broken.',
    );
    expect(outlinePlan(report).broken).toEqual([
      {
        sentence:
          'payment-1a (103) and payment-2a (104) are on pve1, though the rule db of the configuration keeps them apart.',
        reasons: ['103: The only other node has no room.'],
      },
      { sentence: 'order-1b (105) is on pve2, though the HA rule site pins it elsewhere.', reasons: [] },
    ]);
    for (const format of ['text', 'markdown', 'html'] as const) {
      expect(renderPlan(report, format).replaceAll(/\s+/g, ' ')).toContain('keeps them apart.');
      expect(renderPlan(report, format)).toContain(detail);
    }
  });

  it('are counted beside what is done, and shown as far as a screen goes', () => {
    const many = Array.from({ length: 30 }, (_, i) => ({
      kind: 'pin' as const,
      source: { ...source, name: `db${i}` },
      guests: [105],
      nodes: ['pve2'],
    }));
    const report = aShopReport({ violations: many });
    expect(outlinePlan(report).summary).toContain('30 rules stay broken.');
    expect(renderPlan(report, 'text', PLAIN)).toContain('and 22 more; as JSON they are all listed.');
    expect(renderPlan(report, 'markdown')).toContain('- and 5 more');
    expect(renderPlan(report, 'html')).toContain('<li>and 5 more</li>');
  });
});

describe('blocked guests', () => {
  it('are grouped by code, guests of hot nodes first', () => {
    const groups = outlinePlan(aShopReport()).blocked;
    expect(groups.map(({ code, guests }) => [code, ...guests.map(({ guest }) => guest)])).toEqual([
      ['cool-down', 103, 111],
      ['local-disk', 108],
      ['locked', 112],
      ['pinned', 104],
    ]);
  });

  it('are counted, not listed, when there are many', () => {
    const blocked = Array.from({ length: 700 }, (_, i) => ({
      guest: 1000 + i,
      code: 'no-gain' as const,
      detail: 'No gain.',
    }));
    const report = aShopReport({ plan: aShopPlan({ blocked }) });
    expect(renderPlan(report, 'text', PLAIN)).toContain('no-gain  700 guests: 1000, 1001, 1002 and 697 more');
    expect(renderPlan(report, 'markdown')).toContain('| no-gain | 700 |');
    expect(renderPlan(report, 'html')).toContain('and 675 more');
    expect(planDocument(report).blocked).toHaveLength(700);
  });

  it('that have two blockers of one code are one guest', () => {
    const blocked = ['a', 'b'].map((detail) => ({ guest: 103, code: 'pinned' as const, detail }));
    expect(renderPlan(aShopReport({ plan: aShopPlan({ blocked }) }), 'text', PLAIN)).toContain(
      'pinned  1 guest: payment-1a (103)',
    );
  });
});

describe('a large cluster', () => {
  it('shows the nodes that change or are hot, and counts the others', () => {
    const idle = Array.from({ length: 30 }, (_, i) => ({
      node: `idle${i}`,
      utilization: { cpu: 0.2, memory: 0.2 },
      class: 'under' as const,
      guests: 1,
    }));
    const plan = aShopPlan();
    const report = aShopReport({
      plan: { ...plan, before: [...plan.before, ...idle], after: [...plan.after, ...idle] },
    });
    const text = renderPlan(report, 'text', PLAIN);
    expect(text).toContain('30 other nodes do not change.');
    expect(text).not.toContain('idle7');
    expect(text).toMatch(/^ {2}pve3 /m);
    expect(planDocument(report).nodes).toHaveLength(33);
  });
});

describe('the order of nodes', () => {
  it('is that of people: pve2 before pve10', () => {
    const plan = aBalancedReport().plan;
    const [first] = plan.before;
    if (first === undefined) throw new Error('no node');
    const before = ['pve10', 'pve1', 'pve2'].map((node) => ({ ...first, node }));
    const nodes = outlinePlan({ ...aBalancedReport(), plan: { ...plan, before, after: before } }).nodes;
    expect(nodes.map(({ node }) => node)).toEqual(['pve1', 'pve2', 'pve10']);
  });
});

describe('many hot nodes', () => {
  it('do not push the plan off the screen', () => {
    const [node] = aShop().nodes;
    if (node === undefined) throw new Error('no node');
    const nodes = Array.from({ length: 30 }, (_, i) => ({ ...node, node: { ...node.node, name: `pve${i + 1}` } }));
    const report = aShopReport({ assessment: { ...aShop(), nodes } });
    const text = renderPlan(report, 'text', PLAIN);
    expect(text.match(/is over/g)).toHaveLength(7);
    expect(text).toContain('So are 23 other nodes.');
    expect(renderPlan(report, 'html').match(/is over/g)).toHaveLength(30);
  });
});

describe('a step without a sentence of its own', () => {
  it.each([
    ['relieve-cpu', 'Relief for the CPU of pve1.'],
    ['relieve-memory', 'Relief for the memory of pve1.'],
    ['mend-rule', 'Mends a broken rule on guests of pve1.'],
    ['maintenance', 'Maintenance of pve1.'],
  ] as const)('tells its reason: %s', (reason, sentence) => {
    const report = aShopReport({ plan: aShopPlan({ steps: [aMigration(101, 'pve1', 'pve2', { reason })] }) });
    for (const format of ['text', 'markdown', 'html'] as const) expect(renderPlan(report, format)).toContain(sentence);
  });
});

describe('an explanation in a large cluster', () => {
  it('shows the chosen node and those that come closest to taking the guest', () => {
    const targets = Array.from({ length: 40 }, (_, i) => ({
      node: `pve${i + 2}`,
      allowed: i % 2 === 0,
      detail: '',
      after: { cpu: 0.9 - i / 100, memory: 0.2 },
    }));
    const step = aMigration(102, 'pve1', 'pve2');
    const text = renderExplanation({ ...someExplanations.moves, step, targets }, PLAIN);
    const shown = [...text.matchAll(/^ {2}[✓✗] (\S+) /gm)].map((match) => match[1]);
    expect(shown.slice(0, 4)).toEqual(['pve2', 'pve40', 'pve38', 'pve36']);
    expect(shown).toHaveLength(16);
    expect(text).toContain('CPU 52 %, memory 20 % with it');
    expect(text).toContain('and 24 other nodes; as JSON they are all listed.');
  });
});

describe('the line of a round', () => {
  const round = {
    round: 'r1',
    mode: 'auto',
    startedAt: 0,
    duration: 812,
    outcome: 'completed',
    targets: [],
    steps: [],
  } as const;
  const target = { target: 'edge', kind: 'haproxy', unchanged: 3, problems: [], duration: 4 };
  const change = {
    service: 'orders',
    guest: 101,
    handle: 'orders/a',
    before: 256,
    after: 200,
    state: 'ready' as const,
  };
  it.each([
    ['nothing known', round, '812 ms'],
    [
      'calm',
      { ...round, assessment: aBalancedReport().assessment },
      'no node over (CPU up to 52 %, memory up to 44 %); 812 ms',
    ],
    [
      'at work',
      {
        ...round,
        assessment: aShop(),
        plan: aShopPlan(),
        steps: someSteps,
        targets: [{ ...target, changed: [change] }],
      },
      'over: pve1 (CPU 93 %); 2 migrations planned; 1 running; 1 done; 1 failed; 1 skipped; 1 weight changed; 812 ms',
    ],
    [
      'after a restart',
      { ...round, steps: someSteps.map((step) => ({ ...step, adopted: 'history' as const })).slice(0, 2) },
      '1 running (1 adopted); 1 done (1 adopted); 812 ms',
    ],
    [
      'stuck, with a target in trouble',
      {
        ...round,
        plan: aStuckReport().plan,
        targets: [{ ...target, changed: [], problems: [{ code: 'x', message: 'y' }] }],
      },
      'nothing helps pve1; no weights changed; 1 problem; 812 ms',
    ],
    [
      'failed',
      {
        ...round,
        outcome: 'failed' as const,
        failure: { stage: 'observe' as const, code: 'x', message: 'No endpoint answered.' },
      },
      'failed to observe: No endpoint answered.; 812 ms',
    ],
    ['aborted', { ...round, outcome: 'aborted' as const }, 'aborted; 812 ms'],
  ])('%s', (_, report, line) => {
    expect(renderRoundLine(report)).toBe(line);
  });
});

describe('migrations that run now', () => {
  const task = (guest: number, type = 'qmigrate') => ({
    id: `UPID:${guest}`,
    node: 'pve1',
    type,
    guest,
    startedAt: T0,
  });
  const begun: MoveRecord = { guest: 101, from: 'pve1', to: 'pve2', startedAt: T0, outcome: 'running' };
  const snapshot = aSnapshot({
    guests: [aGuest(101, 'pve1'), aGuest(102, 'pve1')],
    tasks: [task(101, 'hamigrate'), task(101), task(102), task(102, 'vzdump')],
  });

  it("are told apart: Ballast's own, and those of others", () => {
    expect(migrationNotes(snapshot, { moves: [begun, { ...begun, guest: 102, outcome: 'done' }] })).toEqual([
      "guest-101 is on its way from pve1 to pve2: Ballast's own, begun or adopted, and followed by an operator that runs.",
      'guest-102 is migrated away from pve1 by somebody else: it counts in the budgets.',
    ]);
  });

  it('say so where they were adopted', () => {
    const [running] = someSteps.filter(({ state }) => state === 'running');
    if (running === undefined) throw new Error('no step runs');
    expect(renderExecution([{ ...running, adopted: 'identity' }], PLAIN)).toContain('adopted  42 %');
  });

  it('are none where nothing moves', () => {
    expect(migrationNotes({ ...snapshot, tasks: [task(101, 'vzdump')] }, { moves: [begun] })).toEqual([]);
  });
});

describe('a migration of the past', () => {
  const move: MoveRecord = {
    guest: 101,
    from: 'pve1',
    to: 'pve2',
    startedAt: T0,
    endedAt: T0 + 60_000,
    outcome: 'done',
    overdue: true,
    projected: { resource: 'cpu', before: { from: 0.9, to: 0.3 }, expected: { from: 0.12, to: 0.12 } },
  };

  it.each([
    [
      true,
      'It brought what was projected: CPU of pve1 fell by 11 % (projected 12 %), that of pve2 rose by 13 % (projected 12 %).',
    ],
    [false, 'It did not bring what was projected: CPU of pve1 fell by 11 %'],
  ])('says what it brought: %s', (kept, words) => {
    const { expected = { from: 0, to: 0 } } = move.projected ?? {};
    const verified = { expected, observed: { from: 0.11, to: 0.13 }, kept };
    const text = renderHistory([{ ...move, verified }], true, PLAIN);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(text).toContain('It took longer than it might have.');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(renderHistory([move], true, PLAIN)).not.toContain('projected');
  });
});
