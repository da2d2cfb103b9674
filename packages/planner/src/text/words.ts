import {
  type Bytes,
  type BytesPerSecond,
  type Cores,
  GIB,
  MIB,
  type Milliseconds,
  type Node,
  type Ratio,
  type Resource,
  type RuleSource,
} from '@ballast/core';

export const RESOURCE_WORDS: Readonly<Record<Resource, string>> = { cpu: 'CPU', memory: 'memory' };

/** `93.2 %`: precise enough to be checked by hand. */
export function percent(ratio: Ratio): string {
  return `${Number((ratio * 100).toFixed(1))} %`;
}

export function cores(value: Cores): string {
  const rounded = Number(value.toFixed(2));
  return `${rounded} ${rounded === 1 ? 'core' : 'cores'}`;
}

export function size(bytes: Bytes): string {
  return bytes >= GIB ? `${Number((bytes / GIB).toFixed(1))} GiB` : `${Math.round(bytes / MIB)} MiB`;
}

/** As networks are sold: `9.2 Gbit/s`, `850 Mbit/s`. */
export function linkRate(rate: BytesPerSecond): string {
  const bits = rate * 8;
  return bits >= 1e9 ? `${Number((bits / 1e9).toFixed(1))} Gbit/s` : `${Math.round(bits / 1e6)} Mbit/s`;
}

export function count(number: number, word: string, plural: string = `${word}s`): string {
  return `${number} ${number === 1 ? word : plural}`;
}

/** `40 ms`, `12 s`, `14 min`, `5.5 h`: one unit. */
export function span(duration: Milliseconds): string {
  if (duration < 1000) return `${Math.round(duration)} ms`;
  if (duration < 100_000) return `${Math.round(duration / 1000)} s`;
  if (duration < 100 * 60_000) return `${Math.round(duration / 60_000)} min`;
  return `${Number((duration / 3_600_000).toFixed(1))} h`;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function list(words: readonly string[], most = 5): string {
  if (words.length > most) return `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What empties a node: `drained` by order, or `in maintenance`. */
export function emptiedBy(node: Pick<Node, 'drained'>): string {
  return node.drained === true ? 'drained' : 'in maintenance';
}

/** Where a rule was written down. */
export function ruleName(source: RuleSource): string {
  if (source.kind === 'tag') return `tag ${source.name}`;
  return source.kind === 'ha' ? `HA rule ${source.name}` : `rule ${source.name} of the configuration`;
}
