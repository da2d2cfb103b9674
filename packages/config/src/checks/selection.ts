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

function isWrong(value: unknown): boolean {
  return value !== undefined && !Array.isArray(value);
}
