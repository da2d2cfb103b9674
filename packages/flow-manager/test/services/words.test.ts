import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/balancer/flow-lines.ts';
import { compileServices } from '../../src/index.ts';
import type { Present } from '../../src/reconcile/present.ts';
import { somePlacements } from './builders.ts';
import { cases } from './cases.ts';

/** What is compiled, as a switch would tell that has it. */
function present(services: (typeof cases)[string]): Present {
  const { flows, groups } = compileServices({ services, placements: somePlacements, dpid: 1n });
  return {
    groups,
    flows: flows.map(({ table, ...flow }) => ({ ...flow, tableId: table, statistics: {} }) as Present['flows'][number]),
  };
}

describe('what a switch carries, in words', () => {
  test.each(Object.entries(cases))('%s', async (name, services) => {
    const { flows, groups } = linesOf(present(services), services);
    const lines = flows.map(({ tableName, priority, purpose, service, text }) => {
      const whose = service === undefined ? '' : ` of ${service}`;
      return `${tableName} ${priority} ${purpose}${whose} | ${text}`;
    });
    const text = [...lines, ...groups.map((group) => group.text)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/words/${name}.txt`);
  });
});
