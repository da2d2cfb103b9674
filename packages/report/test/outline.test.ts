import { describe, expect, it } from 'vitest';
import { PLAIN, planDocument, renderPlan, renderRoundLine } from '../src/index.ts';
import { outlinePlan } from '../src/plan/outline.ts';
import { aBalancedReport, aShop, aShopPlan, aShopReport, aStuckReport, someSteps } from './scenarios.ts';

function withNodes(
  edit: (node: ReturnType<typeof aShop>['nodes'][number]) => object,
): ReturnType<typeof aBalancedReport> {
  const report = aBalancedReport();
  const nodes = report.assessment.nodes.map((node) => ({ ...node, ...edit(node) }));
  return { ...report, assessment: { ...report.assessment, nodes } };
}

describe('the summary of a plan', () => {
  it.each([
    ['steps', aShopReport(), 'Plan: 2 migrations, 10.1 GiB, about 1 min 34 s. Hot nodes 1 → 0.'],
    ['none needed', aBalancedReport(), 'Nothing to do: no node is above 80 % CPU or 85 % memory.'],
    ['none helps', aStuckReport(), 'Nothing can be done: no migration helps. Hot nodes 1 → 1.'],
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
