import { aBalancePolicy } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import {
  PLAIN,
  PLAN_FORMATS,
  renderExecution,
  renderExplanation,
  renderPlan,
  renderStatus,
  renderWeights,
} from '../src/index.ts';
import {
  aBalancedReport,
  aShop,
  aShopReport,
  aShopTable,
  aShopUnderHa,
  aStuckReport,
  someCurrentWeights,
  someExplanations,
  someSteps,
} from './scenarios.ts';

const EXTENSIONS = { text: 'txt', json: 'json', markdown: 'md', html: 'html' };
const PLANS = { shop: aShopReport(), balanced: aBalancedReport(), stuck: aStuckReport() };

describe('a plan, as written down', () => {
  for (const [name, input] of Object.entries(PLANS)) {
    it.each(PLAN_FORMATS)(`${name} as %s`, async (format) => {
      const report = renderPlan(input, format, PLAIN);
      expect(report.endsWith('\n')).toBe(true);
      await expect(report).toMatchFileSnapshot(`golden/plan-${name}.${EXTENSIONS[format]}`);
    });
  }
});

describe('what a terminal shows', () => {
  const wide = { width: 120, colour: true };
  const ascii = { width: 80, colour: false, unicode: false };
  const current = someCurrentWeights;
  const texts: Readonly<Record<string, string>> = {
    'plan-ascii': renderPlan(aShopReport(), 'text', ascii),
    'plan-colour': renderPlan(aShopReport(), 'text', wide),
    status: renderStatus(aShop(), aBalancePolicy(), PLAIN),
    'status-balancer-cede': renderStatus(aShopUnderHa(), aBalancePolicy(), PLAIN),
    'status-balancer-exclusive': renderStatus(aShopUnderHa(), aBalancePolicy({ coexistence: 'exclusive' }), PLAIN),
    'status-balancer-idle': renderStatus(aShopUnderHa([]), aBalancePolicy(), PLAIN),
    'status-colour': renderStatus(aShop(), aBalancePolicy(), wide),
    weights: renderWeights(aShopTable(), current, PLAIN),
    'weights-wide': renderWeights(aShopTable(), current, { width: 120, colour: false }),
    'explanation-moves': renderExplanation(someExplanations.moves, PLAIN),
    'explanation-stays': renderExplanation(someExplanations.stays, PLAIN),
    execution: renderExecution(someSteps, PLAIN),
    'execution-ascii': renderExecution(someSteps, ascii),
  };
  it.each(Object.keys(texts))('%s', async (name) => {
    await expect(texts[name]).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});
