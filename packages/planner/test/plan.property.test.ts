import { type ClusterSnapshot, EMPTY_HISTORY, type Migration, RESOURCES, type Rule, utilization } from '@ballast/core';
import { aMigration, aSnapshot } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project, remember } from '../src/index.ts';
import { placesOf, topologyOf } from '../src/rules/places.ts';
import { readRules } from '../src/rules/rulebook.ts';
import { type AnyCluster, anyCluster } from './arbitrary.ts';
import { aMove, type Decided, decideOn, policyOf, type Scene } from './stage.ts';

/** PLANNER_RUNS=10 looks at ten times as many clusters. */
const MORE = Number(process.env['PLANNER_RUNS'] ?? 1);
const RUNS = { numRuns: 300 * MORE };
/** No plan is cut short: at most 25 guests move, once each. */
const WIDE = { maxSteps: 100 };

function decide(cluster: AnyCluster): Decided {
  return decideOn({ ...cluster, policy: WIDE });
}

/** The snapshot before each step, and after the last. */
function prefixes(cluster: AnyCluster, steps: readonly Migration[]): readonly ClusterSnapshot[] {
  return Array.from({ length: steps.length + 1 }, (_, i) => project(cluster.snapshot, steps.slice(0, i)));
}

/** Every way in which a rule is broken: a guest off its nodes, two guests apart, two guests together; by node or by label. */
function broken(snapshot: ClusterSnapshot, rules: readonly Rule[], kinds: readonly Rule['kind'][]): Set<string> {
  const places = new Map(
    snapshot.guests.filter((guest) => guest.status === 'running').map((guest) => [guest.id, guest.node]),
  );
  const found = new Set<string>();
  const placeOf = placesOf(snapshot.nodes);
  for (const rule of rules) {
    const topology = topologyOf(rule);
    const at = (guest: number): string => placeOf(topology, places.get(guest) ?? '');
    if (!kinds.includes(rule.kind)) continue;
    const here = rule.guests.filter((guest) => places.has(guest)).sort((a, b) => a - b);
    if (rule.kind === 'pin') {
      for (const guest of here)
        if (!rule.nodes.includes(places.get(guest) ?? '')) found.add(`pin ${guest} ${rule.nodes}`);
      continue;
    }
    for (const a of here) {
      for (const b of here) {
        if (a >= b || rule.kind === 'ignore') continue;
        if ((at(a) === at(b)) === (rule.kind === 'anti-affinity')) found.add(`${rule.kind} ${a} ${b} ${topology}`);
      }
    }
  }
  return found;
}

function hotNodes(snapshot: ClusterSnapshot, decided: Decided): readonly string[] {
  const { policy } = decided;
  return snapshot.nodes
    .filter((node) => node.status === 'online')
    .filter((node) => {
      const ratio = utilization(node.usage, node.capacity);
      return RESOURCES.some((resource) => ratio[resource] > policy[resource].high + 1e-6);
    })
    .map((node) => node.name);
}

describe('every plan', { timeout: 60_000 * MORE }, () => {
  it('is a fixed point: once it was carried out, planning again finds nothing to do', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const first = decide(cluster);
        const done = first.plan.steps.map(({ guest, from, to }) => aMove(guest, from, to, 0));
        const history = { ...first.history, moves: [...first.history.moves, ...done] };
        const snapshot = project(cluster.snapshot, first.plan.steps);
        const second = decideOn({ ...cluster, snapshot, history, policy: WIDE });
        expect(second.plan.steps).toEqual([]);
      }),
      RUNS,
    );
  });

  it('crosses no ceiling at any moment, with the guest that moves counted on both of its nodes', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const { plan, policy } = decide(cluster);
        const before = prefixes(cluster, plan.steps);
        for (const [i, step] of plan.steps.entries()) {
          const target = before[i]?.nodes.find((node) => node.name === step.to);
          const guest = cluster.snapshot.guests.find((candidate) => candidate.id === step.guest);
          if (target === undefined || guest === undefined) throw new Error('a step names what is not there');
          for (const resource of RESOURCES) {
            const used = target.usage[resource] + (guest.usage[resource] || 0);
            expect(used / target.capacity[resource]).toBeLessThanOrEqual(policy[resource].ceiling + 1e-6);
          }
        }
      }),
      RUNS,
    );
  });

  it('makes no node hot that was not', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const decided = decide(cluster);
        fc.pre(decided.plan.steps.every((step) => step.reason.startsWith('relieve')));
        const before = hotNodes(cluster.snapshot, decided);
        for (const snapshot of prefixes(cluster, decided.plan.steps)) {
          expect(before).toEqual(expect.arrayContaining([...hotNodes(snapshot, decided)]));
        }
      }),
      RUNS,
    );
  });

  it('breaks no rule at any moment; a group that moves is whole again before another guest moves', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const { steps } = decide(cluster).plan;
        const { groups, near } = readRules(cluster.rules);
        const snapshots = prefixes(cluster, steps);
        const firm = broken(cluster.snapshot, cluster.rules, ['pin', 'anti-affinity']);
        const groupsBefore = broken(cluster.snapshot, cluster.rules, ['affinity']);
        // What is mended together: a group, and whatever is to be near one of its guests.
        const bonds = ({ guest, reason }: Migration): readonly unknown[] => {
          const group = groups.get(guest);
          if (reason !== 'mend-rule') return group === undefined ? [] : [group];
          return [...(group?.guests ?? [guest]).flatMap((other) => near.get(other) ?? []), group ?? guest];
        };
        const brokenBefore = (guest: number, topology: string): boolean =>
          [...groupsBefore].some((one) => {
            const [, a, b, by] = one.split(' ');
            return by === topology && [a, b].includes(String(guest));
          });
        for (const [i, snapshot] of snapshots.entries()) {
          for (const one of broken(snapshot, cluster.rules, ['pin', 'anti-affinity'])) expect(firm).toContain(one);
          const [last = [], next = []] = [steps[i - 1], steps[i]].map((step) => step && bonds(step));
          if (last.some((bond) => next.includes(bond))) continue;
          // A node in maintenance is emptied even of part of a group that was apart before.
          const left = steps.slice(0, i).filter((step) => step.reason === 'maintenance');
          const split = [...broken(snapshot, cluster.rules, ['affinity'])].filter((one) => {
            const [, a, b, topology = ''] = one.split(' ');
            const pair = [Number(a), Number(b)];
            if (topology === 'node') return !left.some(({ guest }) => groups.get(guest) === groups.get(pair[0] ?? 0));
            return !left.some(({ guest }) => pair.includes(guest) && brokenBefore(guest, topology));
          });
          for (const one of split) expect(groupsBefore).toContain(one);
        }
      }),
      RUNS,
    );
  });

  it('moves no guest twice, none that is blocked, and none to where it is', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const { plan, assessment } = decide(cluster);
        const moved = plan.steps.map((step) => step.guest);
        expect(new Set(moved).size).toBe(moved.length);
        for (const step of plan.steps) {
          const guest = assessment.guests.find((candidate) => candidate.guest.id === step.guest);
          expect(guest?.guest.node).toBe(step.from);
          expect(step.to).not.toBe(step.from);
          const waived = step.reason === 'mend-rule' || step.reason === 'maintenance' ? ['cool-down'] : [];
          expect(guest?.blockers.filter((blocker) => !waived.includes(blocker.code))).toEqual([]);
          const target = cluster.snapshot.nodes.find((node) => node.name === step.to);
          expect(target).toMatchObject({ status: 'online', maintenance: false });
        }
      }),
      RUNS,
    );
  });

  it('does not depend on the order of nodes, guests and rules', () => {
    fc.assert(
      fc.property(anyCluster, fc.infiniteStream(fc.nat()), (cluster, stream) => {
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, rank: stream.next().value ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ item }) => item);
        const { snapshot, rules, moves } = cluster;
        const shuffled = {
          snapshot: { ...snapshot, nodes: shuffle(snapshot.nodes), guests: shuffle(snapshot.guests) },
          rules: shuffle(rules).map((rule) => ({ ...rule, guests: shuffle(rule.guests) })),
          moves,
        };
        expect(decide(shuffled).plan).toEqual(decide(cluster).plan);
      }),
      RUNS,
    );
  });

  it('stops at maxSteps', () => {
    fc.assert(
      fc.property(anyCluster, fc.nat({ max: 4 }), (cluster, maxSteps) => {
        expect(decideOn({ ...cluster, policy: { maxSteps } }).plan.steps.length).toBeLessThanOrEqual(maxSteps);
      }),
      RUNS,
    );
  });

  it('gives every node that stays over a reason, and every guest on it that stays a blocker', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const { plan, assessment } = decide(cluster);
        const over = plan.after.filter((node) => node.class === 'over').map((node) => node.node);
        expect(plan.unresolved.map((entry) => entry.node)).toEqual(expect.arrayContaining([...over]));
        const moved = new Set(plan.steps.map((step) => step.guest));
        for (const { guest } of assessment.guests) {
          if (guest.status !== 'running' || moved.has(guest.id) || !over.includes(guest.node)) continue;
          expect(plan.blocked.map((blocker) => blocker.guest)).toContain(guest.id);
        }
      }),
      RUNS,
    );
  });

  it('holds numbers alone, and survives being written as JSON', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const { plan, history, explain, assessment } = decide(cluster);
        // NaN and Infinity would come back as null.
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
        expect(JSON.stringify(plan)).not.toMatch(/NaN|Infinity|undefined/);
        expect(JSON.parse(JSON.stringify(history))).toEqual(history);
        for (const { guest } of assessment.guests)
          expect(JSON.stringify(explain(guest.id))).not.toMatch(/NaN|undefined|null/);
      }),
      { numRuns: 200 * MORE },
    );
  });
});

describe('with traffic weights and migrations under way', { timeout: 60_000 * MORE }, () => {
  const anySituation = fc.record({
    cluster: anyCluster,
    scales: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 25, maxLength: 25 }),
    flights: fc.uniqueArray(fc.record({ guest: fc.integer({ min: 100, max: 124 }), to: fc.nat({ max: 4 }) }), {
      maxLength: 3,
      selector: (flight) => flight.guest,
    }),
  });

  function situate({ cluster, scales, flights }: typeof anySituation extends fc.Arbitrary<infer T> ? T : never): Scene {
    const { nodes, guests } = cluster.snapshot;
    const expected = guests.map(({ id, usage: { cpu, memory } }, i) => [
      id,
      { cpu: ((cpu || 0) * (scales[i] ?? 10)) / 10, memory },
    ]);
    const inFlight = flights.flatMap(({ guest: id, to }) => {
      const guest = guests.find((candidate) => candidate.id === id && candidate.status === 'running');
      const target = nodes[to % nodes.length]?.name;
      return guest === undefined || target === undefined ? [] : [aMigration(id, guest.node, target)];
    });
    return { ...cluster, expected: Object.fromEntries(expected), inFlight, policy: WIDE };
  }

  it('crosses no ceiling, neither with the loads of now nor with those expected, and moves none that is under way', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const scene = situate(situation);
        const { plan, policy } = decideOn(scene);
        const { inFlight = [], expected = {} } = scene;
        const arriving = inFlight.filter((flight) => flight.from !== flight.to);
        for (const seen of ['now', 'expected'] as const) {
          const load = (id: number): { cpu: number; memory: number } => {
            const usage = scene.snapshot.guests.find((guest) => guest.id === id)?.usage ?? { cpu: 0, memory: 0 };
            const shown = seen === 'now' ? usage : (expected[id] ?? usage);
            return { cpu: shown.cpu || 0, memory: shown.memory };
          };
          for (const resource of RESOURCES) {
            const own = (name: string): number => {
              const node = scene.snapshot.nodes.find((candidate) => candidate.name === name);
              const here = scene.snapshot.guests.filter((guest) => guest.node === name && guest.status === 'running');
              const shift = here.reduce((sum, { id, usage }) => sum + load(id)[resource] - (usage[resource] || 0), 0);
              return (node?.usage[resource] ?? 0) + shift;
            };
            const used = new Map(scene.snapshot.nodes.map((node) => [node.name, own(node.name)]));
            const add = (node: string, amount: number): void => void used.set(node, (used.get(node) ?? 0) + amount);
            for (const flight of arriving) add(flight.to, load(flight.guest)[resource]);
            for (const step of plan.steps) {
              add(step.to, load(step.guest)[resource]);
              const capacity = scene.snapshot.nodes.find((node) => node.name === step.to)?.capacity[resource] ?? 0;
              expect((used.get(step.to) ?? 0) / capacity).toBeLessThanOrEqual(policy[resource].ceiling + 1e-6);
              add(step.from, -load(step.guest)[resource]);
            }
          }
        }
        for (const { guest } of inFlight) expect(plan.steps.map((step) => step.guest)).not.toContain(guest);
      }),
      RUNS,
    );
  });

  it('is a fixed point, too, with the same weights expected', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const { inFlight: _, ...scene } = situate({ ...situation, flights: [] });
        const first = decideOn(scene);
        const done = first.plan.steps.map(({ guest, from, to }) => aMove(guest, from, to, 0));
        const history = { ...first.history, moves: [...first.history.moves, ...done] };
        const second = decideOn({ ...scene, history, snapshot: project(scene.snapshot, first.plan.steps) });
        expect(second.plan.steps).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('every history', () => {
  it('survives being written as JSON, round after round', () => {
    fc.assert(
      fc.property(fc.array(anyCluster, { minLength: 1, maxLength: 4 }), (clusters) => {
        const policy = policyOf({ snapshot: aSnapshot(), policy: { smoothing: 0.3 } });
        const straight = clusters.reduce((past, { snapshot }) => remember(past, snapshot, policy), EMPTY_HISTORY);
        const written = clusters.reduce(
          (past, { snapshot }) => JSON.parse(JSON.stringify(remember(past, snapshot, policy))) as typeof past,
          EMPTY_HISTORY,
        );
        expect(written).toEqual(straight);
      }),
      { numRuns: 200 * MORE },
    );
  });
});
