import { isRecord } from '../options/checks.ts';
import type { Literal } from './literal.ts';

/** An action of a bucket: in one form for reading, whatever OpenFlow version it was told by. */
export interface Action {
  /** As ofctl_rest writes it on OpenFlow 1.3, such as `OUTPUT:3` or `SET_FIELD: {ipv4_dst:10.0.0.1}`. */
  readonly text: string;
  /** What ofctl_rest makes the same action of; undefined where it cannot: what it tells is not all there is. */
  readonly body?: Literal;
  /** Of an output: the port, as it is told (a number, or a name such as `CONTROLLER`). */
  readonly port?: string;
  /** Of a set_field. */
  readonly field?: string;
  readonly value?: string;
}

/** The key of the argument of each action that has one: ryu.lib.ofctl_utils, to_action. */
const ARGUMENT: Readonly<Record<string, string>> = {
  OUTPUT: 'port',
  GROUP: 'group_id',
  SET_QUEUE: 'queue_id',
  SET_NW_TTL: 'nw_ttl',
  SET_MPLS_TTL: 'mpls_ttl',
  PUSH_VLAN: 'ethertype',
  PUSH_MPLS: 'ethertype',
  POP_MPLS: 'ethertype',
  PUSH_PBB: 'ethertype',
};
const PLAIN = new Set(['COPY_TTL_OUT', 'COPY_TTL_IN', 'DEC_MPLS_TTL', 'DEC_NW_TTL', 'POP_VLAN', 'POP_PBB']);

/** An action as `groupdesc` tells it: a text on OpenFlow 1.2 and 1.3, a mapping on 1.4. */
export function actionOf(told: unknown): Action | undefined {
  if (typeof told === 'string') return actionOfText(told);
  return isRecord(told) ? actionOfMapping(told) : undefined;
}

function actionOfText(text: string): Action {
  const [, field, value] = /^SET_FIELD: \{(\w+):(.*)\}$/.exec(text) ?? [];
  if (field !== undefined && value !== undefined) {
    return { text, field, value, body: { type: 'SET_FIELD', field, value: typed(value) } };
  }
  if (PLAIN.has(text)) return { text, body: { type: text } };
  const [, type = '', argument = ''] = /^([A-Z_]+):(\w+)$/.exec(text) ?? [];
  const key = ARGUMENT[type];
  if (key === undefined) return { text };
  const body = { type, [key]: typed(argument) };
  return type === 'OUTPUT' ? { text, port: argument, body } : { text, body };
}

function actionOfMapping(told: Readonly<Record<string, unknown>>): Action {
  const { type, field, value } = told;
  // The length is the encoder's; a mask is null where there is none.
  const said = Object.entries(told).filter(([key, entry]) => key !== 'len' && entry !== null);
  const entries = said.filter((entry): entry is [string, string | number] => isPlain(entry[1]));
  // What holds more than texts and numbers, such as actions within, has no form that can be sent; nor has a mask.
  const whole = entries.length === said.length && !said.some(([key]) => key === 'mask');
  if (type === 'SET_FIELD' && typeof field === 'string' && isPlain(value)) {
    const text = `SET_FIELD: {${field}:${value}}`;
    return { text, field, value: String(value), ...(whole && { body: { type, field, value } }) };
  }
  const key = ARGUMENT[String(type)];
  const argument = key === undefined ? undefined : told[key];
  const known = PLAIN.has(String(type)) || isPlain(argument);
  const text = known
    ? [String(type), ...(isPlain(argument) ? [String(argument)] : [])].join(':')
    : `${String(type)}: ${JSON.stringify(told)}`;
  return {
    text,
    ...(type === 'OUTPUT' && isPlain(argument) && { port: String(argument) }),
    ...(known && whole && { body: Object.fromEntries(entries) }),
  };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));
}

/** Numbers of any length, as Python has them. */
function typed(text: string): string | bigint {
  return /^\d+$/.test(text) ? BigInt(text) : text;
}
