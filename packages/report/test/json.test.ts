import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDocument, renderPlan } from '../src/index.ts';
import { anyReport } from './arbitraries.ts';
import { aBalancedReport, aShopReport } from './scenarios.ts';

describe('JSON', () => {
  it('has the same keys whatever it tells', () => {
    const keys = Object.keys(planDocument(aShopReport()));
    expect(Object.keys(planDocument(aBalancedReport()))).toEqual(keys);
    fc.assert(
      fc.property(anyReport, (input) => {
        expect(Object.keys(planDocument(input))).toEqual(keys);
      }),
    );
  });

  it('comes back from its text without loss, and without a number that JSON does not know', () => {
    fc.assert(
      fc.property(anyReport, (input) => {
        expect(JSON.parse(renderPlan(input, 'json'))).toEqual(planDocument(input));
      }),
    );
  });

  it('says null where something is not known', () => {
    const { mode: _mode, ...rest } = aBalancedReport();
    expect(planDocument(rest)).toMatchObject({
      schema: 'ballast-plan/1',
      mode: null,
      weights: [],
      notes: [],
      decision: 'balanced',
    });
    const [search] = planDocument(aShopReport()).weights.filter(({ service }) => service === 'search');
    expect(search).toEqual({ service: 'search', frozen: 'no-members', members: [] });
  });
});
