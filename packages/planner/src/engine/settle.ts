import { Draft, type Settled, type SettleInput } from './draft.ts';
import { fewestMoves } from './exact.ts';

/** The share of the work after which nothing is hoped for where no placement was found: there mostly is none. */
const HOPELESS = 12;
/** Items times nodes up to which more is hoped for: there a search gets about. */
const SMALL = 200;
const HOPELESS_SMALL = 4;
/** Steps before the search begins anew. */
const PATIENCE = 60;

/**
 * Looks for a placement in which every hot node is down at its goal, at less cost than what is at hand, among all
 * placements: items of any node may make room for others. The fewest moves are looked for exactly as far as the work
 * allows, then by {@link wander}.
 */
export function settle(input: SettleInput): Settled | undefined {
  const draft = new Draft(input);
  if (!mayBe(draft, input)) return undefined;
  if (input.aim === 'cheapest') return downwards(draft, input);
  const share = input.known === Number.POSITIVE_INFINITY ? hopeless(draft) : 4;
  const { found, open } = fewestMoves(draft, input, input.work / share);
  return found ?? (open < input.known ? downwards(draft, { ...input, least: open }) : undefined);
}

function hopeless({ items, targets }: Draft): number {
  return items.length * targets.length <= SMALL ? HOPELESS_SMALL : HOPELESS;
}

/** Whether all that is too much would find room, taken together, and can leave where it is. */
function mayBe(draft: Draft, { problem }: SettleInput): boolean {
  const { over } = draft;
  const here = (node: number): readonly number[] => draft.items.filter((item) => problem.home[item] === node);
  const stuck = over.some((amount, node) => amount > 0 && draft.needed(node, here(node)) === Number.POSITIVE_INFINITY);
  return !stuck && draft.hasRoom();
}

/** Whatever will do, then for less, and so on: from the best there is, with some of its items back home, or from nothing. */
function downwards(draft: Draft, input: SettleInput): Settled | undefined {
  const { known, least, random, expired, work, aim } = input;
  const less = (cost: number): number => (aim === 'fewest' ? cost - 1 : cost * (1 - 1e-9));
  let best: Settled | undefined;
  let most = less(known);
  const end = draft.work + work / hopeless(draft);
  while (
    most >= least &&
    draft.work < (best === undefined && known === Number.POSITIVE_INFINITY ? end : work) &&
    !expired()
  ) {
    draft.reset();
    const back = random() < 0.3 ? 1 : 0.1 + 0.5 * random();
    for (const item of best?.order ?? []) if (random() > back) draft.move(item, best?.state.at[item] as number);
    const found = wander(draft, input, most);
    if (found === undefined) continue;
    best = found;
    most = less(draft.cost);
  }
  return best;
}

/**
 * A tabu search (Glover, 1989) from the draft as it stands, among placements that cost no more than `most`: each step moves
 * the item that lowers what is too much most, or raises it least, and the item then rests.
 */
function wander(draft: Draft, input: SettleInput, most: number): Settled | undefined {
  const { problem, random } = input;
  const rests = new Int32Array(problem.items);
  // By how much a choice may miss the best one, as a share of a node: each beginning goes another way.
  const noise = 1e-6 + 0.3 * random() ** 2;
  for (let now = 1; now <= PATIENCE; now++) {
    if (draft.total() === 0) return draft.solution();
    const step = bestStep(draft, input, most, (item) => (rests[item] as number) > now, noise);
    if (step === undefined) return undefined;
    draft.move(...step);
    rests[step[0]] = now + 2 + Math.floor(random() * 6);
  }
  return undefined;
}

function bestStep(
  draft: Draft,
  { problem, random }: SettleInput,
  most: number,
  rests: (item: number) => boolean,
  noise: number,
): readonly [item: number, to: number] | undefined {
  let [best, target, least] = [-1, -1, Number.POSITIVE_INFINITY];
  for (const item of draft.items) {
    const from = draft.at(item);
    const home = problem.home[item] as number;
    if (rests(item) || (from === home && draft.over[from] === 0)) continue;
    const weight = draft.weight[item] as number;
    const cost = draft.cost + (from === home ? weight : 0);
    const left = draft.excess(from, item, -1) - (draft.over[from] as number);
    // Home may be a node that takes no guests.
    for (const to of from === home || draft.targets.includes(home) ? draft.targets : [...draft.targets, home]) {
      if (to === from || (to !== home && (cost > most || !draft.allows(item, to)))) continue;
      const change = left + draft.excess(to, item, 1) - (draft.over[to] as number) + noise * random();
      if (change >= least) continue;
      [best, target, least] = [item, to, change];
    }
  }
  return best < 0 ? undefined : [best, target];
}
