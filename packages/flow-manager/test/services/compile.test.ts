import { describe, expect, test } from 'vitest';
import { COOKIE_MARK, COOKIE_MASK, compileServices, isOurGroup, renderState } from '../../src/index.ts';
import { somePlacements } from './builders.ts';
import { cases } from './cases.ts';

describe('what is compiled', () => {
  test.each(Object.entries(cases))('%s', async (name, services) => {
    const state = compileServices({ services, placements: somePlacements.slice(0, 4), dpid: 1n });
    const text = renderState(
      state,
      services.map((service) => service.name),
    );
    await expect(text).toMatchFileSnapshot(`golden/compiled/${name}.txt`);
  });

  test.each(Object.entries(cases))('%s: all of it is marked as ours, no row stands twice', (_, services) => {
    const { flows, groups } = compileServices({ services, placements: somePlacements, dpid: 1n });
    expect(flows.every(({ cookie }) => (cookie & COOKIE_MASK) === COOKIE_MARK)).toBe(true);
    expect(groups.every(({ groupId }) => isOurGroup(groupId))).toBe(true);
    const keys = flows.map((flow) => `${flow.table} ${flow.priority} ${JSON.stringify(flow.match, bigints)}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
