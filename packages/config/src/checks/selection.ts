import type { Fault, Path } from '../problems/fault.ts';
import { at, listAt } from '../problems/raw.ts';

/** Services and rules choose somebody; a pin names nodes, and nothing else does. */
export function checkSelection(data: unknown): readonly Fault[] {
  return [
    ...listAt(data, 'services').flatMap((service, i) => emptySelector(service, ['services', i], 'members')),
    ...listAt(data, 'rules').flatMap((rule, i) => [
      ...emptySelector(rule, ['rules', i], 'match'),
      ...checkNodes(rule, i),
    ]),
  ];
}

function emptySelector(entry: unknown, path: Path, key: string): readonly Fault[] {
  const selector = at(entry, key);
  if (typeof selector !== 'object' || selector === null || Array.isArray(selector)) return [];
  // A key that is there and is no list is the schema's to report.
  const chosen = Object.values(selector).some((list) => !Array.isArray(list) || list.length > 0);
  return chosen ? [] : [{ path: [...path, key], expected: 'tags, pools or guests', got: 'none of them' }];
}

function checkNodes(rule: unknown, i: number): readonly Fault[] {
  const kind = at(rule, 'kind');
  const nodes = listAt(rule, 'nodes');
  if (at(rule, 'topology') !== undefined || at(rule, 'places') !== undefined) return checkPlaces(rule, i);
  if (kind === 'pin' && nodes.length === 0 && !isWrong(at(rule, 'nodes'))) {
    return [{ path: ['rules', i, 'nodes'], expected: 'the nodes of the pin', got: 'none' }];
  }
  if (typeof kind !== 'string' || kind === 'pin' || nodes.length === 0) return [];
  return [
    {
      path: ['rules', i, 'nodes'],
      expected: `no nodes with the kind ${kind}`,
      got: 'a list',
      hint: 'Only a pin has nodes.',
    },
  ];
}

/** A pin by a label names the values of that label, and no nodes; nothing else names values. */
function checkPlaces(rule: unknown, i: number): readonly Fault[] {
  const kind = at(rule, 'kind');
  const topology = at(rule, 'topology');
  const fault = (key: string, rest: Omit<Fault, 'path'>): Fault => ({ path: ['rules', i, key], ...rest });
  const has = (key: string): boolean => listAt(rule, key).length > 0;
  if (topology === undefined) {
    const hint = 'Name the label as `topology`, such as rack.';
    return [fault('places', { expected: 'no places without a topology', got: 'a list', hint })];
  }
  if (kind === 'ignore') return [fault('topology', { expected: 'no topology with the kind ignore', got: 'one' })];
  if (kind === 'pin') {
    const nodes = {
      expected: 'places alone in a pin with a topology',
      got: 'nodes',
      hint: 'Leave out the one or the other.',
    };
    const missing = !has('places') && !isWrong(at(rule, 'places'));
    return [
      ...(has('nodes') ? [fault('nodes', nodes)] : []),
      ...(missing
        ? [fault('places', { expected: `the values of ${JSON.stringify(topology)} that the pin allows`, got: 'none' })]
        : []),
    ];
  }
  if (typeof kind !== 'string') return [];
  const only = 'Only a pin has nodes, or places.';
  return ['nodes', 'places']
    .filter(has)
    .map((key) => fault(key, { expected: `no ${key} with the kind ${kind}`, got: 'a list', hint: only }));
}

function isWrong(value: unknown): boolean {
  return value !== undefined && !Array.isArray(value);
}
