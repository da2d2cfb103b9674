import { readParams } from '../api/params.ts';
import { badParameters } from '../api/refusal.ts';
import { readFields, type Shape } from '../schema/shape.ts';
import type { Fault } from './faults.ts';

type Shapes = Readonly<Record<string, Shape>>;

/** Which requests are struck. */
const MATCHED: Shapes = { 'times?': 'integer 1..', 'method?': 'enum GET|POST|PUT|DELETE', 'path?': 'string' };
const NODE: Shapes = { node: 'string' };

/** What belongs to each kind of fault. */
const SHAPES: Readonly<Record<Fault['kind'], Shapes>> = {
  hang: MATCHED,
  reset: MATCHED,
  'lost-answer': MATCHED,
  cut: MATCHED,
  garbage: MATCHED,
  slow: { ...MATCHED, delay: 'integer 0..' },
  status: { ...MATCHED, status: 'integer 400..599', reason: 'string' },
  'node-down': NODE,
  'node-hangs': NODE,
  'stats-stale': NODE,
  maintenance: NODE,
  'clock-skew': { ...NODE, skew: 'integer' },
  'guest-locked': { guest: 'integer 100..', lock: 'string' },
  'quorum-lost': {},
  'entry-down': { entry: 'integer 0..' },
  'token-revoked': { token: 'string' },
  'tickets-expired': {},
  'migration-fails': {
    'guest?': 'integer 100..',
    'times?': 'integer 1..',
    'phase?': 'enum prepare|copy',
    'manner?': 'enum fail|stall|warn',
    'reason?': 'string',
  },
};

/** Reads a fault from JSON. @throws {Refusal} 400 that names each key at fault */
export function parseFault(raw: Readonly<Record<string, unknown>>): Fault {
  const { kind, ...rest } = raw;
  const found = Object.entries(SHAPES).find(([name]) => name === kind);
  if (found === undefined) {
    const kinds = Object.keys(SHAPES).sort().join(', ');
    throw badParameters({ kind: `value '${String(kind)}' does not have a value in the enumeration '${kinds}'` });
  }
  const values = Object.fromEntries(readParams(rest, readFields(found[1])).scalars());
  return { kind: found[0], ...values } as unknown as Fault;
}
