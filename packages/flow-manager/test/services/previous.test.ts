import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CompileInput,
  compileShared,
  type DesiredState,
  type Link,
  type Placement,
  stateOfSwitch,
} from '../../src/index.ts';
import { aMember, aVirtualService, somePlacements } from './builders.ts';
import { cases } from './cases.ts';

const links: readonly Link[] = [{ dpid: 2n, port: 48, to: 1n }];

/** What one compilation has and the other has not, by identity. */
function fresh(state: DesiredState, before: DesiredState): { readonly flows: number; readonly groups: number } {
  const [flows, groups] = [new Set(before.flows), new Set(before.groups)];
  return {
    flows: state.flows.filter((flow) => !flows.has(flow)).length,
    groups: state.groups.filter((group) => !groups.has(group)).length,
  };
}

describe('a compilation after another', () => {
  const all = [...(cases['several-services'] ?? []), ...(cases['weighted-ipv6-udp'] ?? [])];
  const services = all.map((service) => ({ ...service, mac: '02:00:00:00:00:99' }));
  const first = compileShared({ services, placements: somePlacements });
  const again = (input: Partial<CompileInput>, previous: DesiredState = first): DesiredState =>
    compileShared({ services, placements: somePlacements, previous, ...input });

  test('has the same rows and groups where nothing changed', () => {
    expect(fresh(again({}), first)).toEqual({ flows: 0, groups: 0 });
    expect(fresh(again({}, again({})), first)).toEqual({ flows: 0, groups: 0 });
    expect(fresh(compileShared({ services, placements: somePlacements }), first).flows).toBe(first.flows.length);
  });

  test('has one other group, and no other row, where weights of one service changed', () => {
    const [shop, ...rest] = services;
    const members = [aMember(1, 0.25), aMember(2, 1)];
    const changed = again({ services: [{ ...aVirtualService(shop), members }, ...rest] });
    expect(fresh(changed, first)).toEqual({ flows: 0, groups: 1 });
  });

  test('has the rows of a switch again, until a placement changes', () => {
    const of = (shared: DesiredState, dpid: bigint, placements = somePlacements): DesiredState =>
      stateOfSwitch(shared, { placements, dpid, links });
    const before = [of(first, 1n), of(first, 2n)] as const;
    const next = again({});
    expect(fresh(of(next, 1n), before[0])).toEqual({ flows: 0, groups: 0 });
    expect(fresh(of(next, 2n), before[1])).toEqual({ flows: 0, groups: 0 });
    const moved = somePlacements.map(
      (one, index): Placement => (index === 0 ? { ...one, at: { dpid: 1n, port: 30 } } : one),
    );
    expect(fresh(of(next, 1n, moved), before[0])).toEqual({ flows: 1, groups: 0 });
    // Over its link the other switch reaches it as before.
    expect(fresh(of(next, 2n, moved), before[1])).toEqual({ flows: 0, groups: 0 });
  });
});

const anInput = fc
  .record({
    names: fc.subarray(Object.keys(cases)),
    weights: fc.array(fc.constantFrom(0, 0.1, 0.5, 1), { minLength: 4, maxLength: 4 }),
    drained: fc.boolean(),
    placed: fc.integer({ min: 0, max: somePlacements.length }),
    port: fc.constantFrom(11, 30),
    left: fc.boolean(),
    bySource: fc.boolean(),
  })
  .map(({ names, weights, drained, placed, port, left, bySource }): CompileInput => {
    const services = names.flatMap((name, index) => {
      const [service] = cases[name] ?? [];
      if (service === undefined) return [];
      const members = service.members.map((member, slot) => ({
        ...member,
        weight: weights[slot] ?? 1,
        ...(drained && slot === 0 && { state: 'drain' as const }),
      }));
      const address = service.vip.address.includes(':') ? `fd00:9:0::${100 + index}` : `10.9.1.${100 + index}`;
      const algorithm = bySource ? 'source-ip' : service.algorithm;
      return [{ ...service, name, algorithm, vip: { ...service.vip, address }, members }];
    });
    const placements = somePlacements.slice(0, placed).map((one) => ({ ...one, at: { dpid: 1n, port } }));
    const departures = left ? [{ service: 'x', protocol: 'tcp', address: '10.9.0.77', port: 80 } as const] : [];
    return { services, placements, departures };
  });

test('whatever came before, what is compiled is what is compiled afresh', () => {
  fc.assert(
    fc.property(fc.array(anInput, { minLength: 2, maxLength: 5 }), (inputs) => {
      let previous: DesiredState | undefined;
      for (const input of inputs) {
        const shared = compileShared({ ...input, previous });
        const alone = compileShared(input);
        // Not toEqual: it takes seconds over thousands of buckets.
        expect(isDeepStrictEqual(shared, alone)).toBe(true);
        for (const dpid of [1n, 2n, 3n]) {
          const given = { placements: input.placements, dpid, links };
          expect(isDeepStrictEqual(stateOfSwitch(shared, given).flows, stateOfSwitch(alone, given).flows)).toBe(true);
        }
        previous = shared;
      }
    }),
    { numRuns: 25 },
  );
});
