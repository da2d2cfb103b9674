import {
  type Assessment,
  type BalancePolicy,
  type Ratio,
  RESOURCES,
  type Usage,
  type Utilization,
  utilization,
} from '@ballast/core';
import { isStrained } from '../assessment/pressure.ts';
import { compareNames } from '../limits.ts';
import type { Bound, PlacedNode } from '../placement/placed.ts';
import { Placement } from '../placement/placement.ts';
import { tightest } from '../placement/tightest.ts';
import { percent, RESOURCE_WORDS } from '../text/words.ts';
import { strainOf } from './obstacle.ts';

/** What one node would say to a new guest. */
export interface PlaceVerdict {
  readonly node: string;
  readonly allowed: boolean;
  /** What the fuller of its resources would come to, over `target`: the lowest has the most room. */
  readonly fullness: Ratio;
  readonly after: Utilization;
  /** One sentence for a person. */
  readonly detail: string;
}

const BOUNDS: readonly Bound[] = ['target', 'high', 'ceiling'];

/**
 * Where a new guest would go: the nodes that may take it with the most room first, then those that may not, each with
 * the reason. Memory counts as used and as allocated.
 */
export function placeGuest(input: {
  readonly assessment: Assessment;
  readonly policy: BalancePolicy;
  /** What it is expected to use, in cores and bytes. */
  readonly usage: Usage;
}): readonly PlaceVerdict[] {
  const { assessment, policy, usage } = input;
  const { nodes, guests, snapshot } = assessment;
  const placement = new Placement({ nodes, guests, facts: snapshot.facts, policy, expected: {}, inFlight: [] });
  const verdicts = placement.nodes.map((node) => verdictOf(placement, node, policy, usage));
  return verdicts.sort(
    (a, b) => Number(b.allowed) - Number(a.allowed) || a.fullness - b.fullness || compareNames(a.node, b.node),
  );
}

function verdictOf(placement: Placement, node: PlacedNode, policy: BalancePolicy, usage: Usage): PlaceVerdict {
  const newcomer = { loads: { raw: usage, assessed: usage, expected: usage }, guest: { capacity: usage } };
  const tight = (bound: Bound): (() => string) | undefined => tightest(placement.limits, [newcomer], node, bound);
  const { expected } = node.loads;
  const after = utilization({ cpu: expected.cpu + usage.cpu, memory: expected.memory + usage.memory }, node.capacity);
  const fullness = Math.max(...RESOURCES.map((resource) => after[resource] / policy[resource].target));
  const loads = RESOURCES.map((resource) => `${RESOURCE_WORDS[resource]} ${percent(after[resource])}`).join(', ');
  const base = { node: node.name, fullness, after };
  if (isStrained(node.assessed, policy)) return { ...base, allowed: false, detail: strainOf(node) };
  if (!node.takesGuests) return { ...base, allowed: false, detail: `${node.name} takes no guests now.` };
  const bound = BOUNDS.find((one) => tight(one) === undefined);
  if (bound !== undefined) return { ...base, allowed: true, detail: `It would stand at ${loads}, below its ${bound}.` };
  return { ...base, allowed: false, detail: `No room: ${tight('ceiling')?.()}.` };
}
