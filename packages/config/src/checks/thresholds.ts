import { RESOURCES } from '@ballast/core';
import { DEFAULTS } from '../defaults.ts';
import type { Fault, Path } from '../problems/fault.ts';
import { gotText } from '../problems/got.ts';
import { at } from '../problems/raw.ts';
import { readDuration } from '../values/duration.ts';
import { readRatio } from '../values/ratio.ts';
import type { Reading } from '../values/scalar.ts';

interface Entry {
  readonly path: Path;
  readonly value: number;
  /** As the file states it; or the default, marked as one. */
  readonly text: string;
}

/** target < high <= ceiling, and low < high, on each resource; coolDown <= coolDownMax. */
export function checkThresholds(data: unknown): readonly Fault[] {
  const ratioAt = entryReader(data, readRatio, (value) => `${+(value * 100).toFixed(6)}%`);
  const restAt = entryReader(
    data,
    (value) => readDuration(value, '0s', '30d'),
    (value) => `${value / 60_000}m`,
  );
  const { balance } = DEFAULTS;
  const faults = RESOURCES.flatMap((resource) => {
    const of = (key: 'high' | 'target' | 'ceiling'): Entry | undefined =>
      ratioAt(['balance', resource, key], balance[resource][key]);
    return [
      inOrder(of('target'), of('high'), 'below', 'high'),
      inOrder(of('high'), of('ceiling'), 'at most', 'ceiling'),
      inOrder(ratioAt(['balance', 'low'], balance.low), of('high'), 'below', `${resource}.high`),
    ];
  });
  const rest = inOrder(
    restAt(['balance', 'coolDown'], balance.coolDown),
    restAt(['balance', 'coolDownMax'], balance.coolDownMax),
    'at most',
    'coolDownMax',
  );
  return [...faults, rest].filter((fault) => fault !== undefined);
}

/** Reads one entry; nothing when it cannot be read, which the schema reports. */
function entryReader(
  data: unknown,
  read: (value: unknown) => Reading<number>,
  show: (value: number) => string,
): (path: Path, standard: number) => Entry | undefined {
  return (path, standard) => {
    const stated = at(data, ...path);
    if (stated === undefined) return { path, value: standard, text: `${show(standard)}, the default` };
    const reading = read(stated);
    return 'value' in reading ? { path, value: reading.value, text: gotText(stated).replaceAll('"', '') } : undefined;
  };
}

function inOrder(
  low: Entry | undefined,
  high: Entry | undefined,
  relation: 'below' | 'at most',
  name: string,
): Fault | undefined {
  if (low === undefined || high === undefined) return undefined;
  if (relation === 'below' ? low.value < high.value : low.value <= high.value) return undefined;
  return { path: low.path, expected: `a value ${relation} ${name} (${high.text})`, got: low.text };
}
