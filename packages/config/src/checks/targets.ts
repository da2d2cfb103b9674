import type { Fault, Path } from '../problems/fault.ts';
import { gotText } from '../problems/got.ts';
import { at, listAt } from '../problems/raw.ts';
import { carrierKeysOf, KEYS, KINDS, type Kind, keysOf } from '../schema/kinds.ts';

/** Targets, and services at them, have what their kind needs, and nothing that is of another kind. */
export function checkTargets(data: unknown): readonly Fault[] {
  const targets = listAt(data, 'targets');
  const kinds = new Map(targets.map((target) => [at(target, 'name'), kindOf(target)]));
  return [
    ...targets.flatMap((target, i) => {
      const kind = kindOf(target);
      if (kind === undefined) return [];
      const path = ['targets', i];
      return [...missing(target, path, KEYS[kind].needs), ...misplaced(target, path, kind, keysOf)];
    }),
    ...listAt(data, 'services').flatMap((service, i) =>
      listAt(service, 'targets').flatMap((carrier, j) => {
        const name = typeof carrier === 'string' ? carrier : at(carrier, 'name');
        const kind = kinds.get(name);
        if (kind === undefined) return [];
        const path = ['services', i, 'targets', j];
        const stated = typeof carrier === 'string' ? {} : carrier;
        return [
          ...missing(stated, path, KEYS[kind].carrierNeeds, `Write { name: ${String(name)}, group: ID }.`),
          ...misplaced(stated, path, kind, carrierKeysOf),
        ];
      }),
    ),
  ];
}

function kindOf(target: unknown): Kind | undefined {
  const kind = at(target, 'kind');
  return KINDS.find((known) => known === kind);
}

function missing(
  stated: unknown,
  path: Path,
  needs: Readonly<Record<string, string>>,
  hint?: string,
): readonly Fault[] {
  return Object.entries(needs)
    .filter(([key]) => at(stated, key) === undefined)
    .map(([key, expected]) => {
      const fault = { path: [...path, key], expected, got: 'nothing' };
      return hint === undefined ? fault : { ...fault, hint };
    });
}

function misplaced(stated: unknown, path: Path, kind: Kind, keys: (kind: Kind) => readonly string[]): readonly Fault[] {
  const own = keys(kind);
  return KINDS.flatMap(keys)
    .filter((key, index, all) => all.indexOf(key) === index && !own.includes(key))
    .flatMap((key) => {
      const value = at(stated, key);
      if (value === undefined) return [];
      const others = KINDS.filter((other) => keys(other).includes(key)).join(' and ');
      return [
        {
          path: [...path, key],
          atKey: true,
          expected: `no ${key} with a target of the kind ${kind}`,
          // A token in the wrong place is a secret all the same.
          got: typeof value === 'string' ? 'a text' : gotText(value),
          hint: `It is of ${others}.`,
        },
      ];
    });
}
