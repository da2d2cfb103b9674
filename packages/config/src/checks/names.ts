import { nearestNames } from '@ballast/core';
import type { Fault } from '../problems/fault.ts';
import { at, listAt } from '../problems/raw.ts';

const LISTS = ['rules', 'services', 'targets'];

/** Names are given once within their list, and services name targets that exist. */
export function checkNames(data: unknown): readonly Fault[] {
  return [...LISTS.flatMap((list) => duplicateNames(data, list)), ...unknownTargets(data)];
}

/** Entries of a list that have the name of one before them. */
export function duplicateNames(data: unknown, list: string): readonly Fault[] {
  const names = listAt(data, list).map((entry) => at(entry, 'name'));
  return names.flatMap((name, i) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === i) return [];
    return [
      {
        path: [list, i, 'name'],
        expected: `a name of its own among the ${list}`,
        got: `${JSON.stringify(name)}, which ${list}[${first}] has`,
        hint: 'Rename one of them.',
      },
    ];
  });
}

function unknownTargets(data: unknown): readonly Fault[] {
  const known = listAt(data, 'targets')
    .map((target) => at(target, 'name'))
    .filter((name) => typeof name === 'string');
  return listAt(data, 'services').flatMap((service, i) => {
    const entries = listAt(service, 'targets');
    const names = entries.map((entry) => (typeof entry === 'string' ? entry : at(entry, 'name')));
    return names.flatMap((name, j): readonly Fault[] => {
      if (typeof name !== 'string') return [];
      const place = ['services', i, 'targets', j];
      const path = typeof entries[j] === 'string' ? place : [...place, 'name'];
      if (names.indexOf(name) < j)
        return [{ path, expected: 'each target once', got: `${JSON.stringify(name)} again` }];
      if (known.includes(name)) return [];
      const near = nearestNames(name, known, 1)[0];
      const none = known.length === 0 ? 'There are no targets.' : `The targets are ${known.join(', ')}.`;
      const hint = near === undefined ? none : `Did you mean ${near}?`;
      return [{ path, expected: 'the name of a target', got: JSON.stringify(name), hint }];
    });
  });
}
