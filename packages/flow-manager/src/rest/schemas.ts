/** A JSON schema (2020-12, as OpenAPI 3.1 has it). The same ones validate requests and make the OpenAPI document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Properties = Readonly<Record<string, JsonSchema>>;

const port: JsonSchema = { type: 'integer', minimum: 1, maximum: 65_535 };
const address: JsonSchema = { type: 'string', minLength: 2, maxLength: 45, description: 'An IPv4 or IPv6 address.' };
const mac: JsonSchema = { type: 'string', maxLength: 17, description: 'Such as 02:00:00:00:00:05.' };
export const dpid: JsonSchema = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{1,16}$',
  description: 'A datapath id, hexadecimal, as Open vSwitch prints it.',
};
const milliseconds: JsonSchema = { type: 'integer', minimum: 1, maximum: 86_400_000, description: 'Milliseconds.' };
const retries: JsonSchema = { type: 'integer', minimum: 1, maximum: 100 };
const guest: JsonSchema = { type: 'integer', minimum: 1, maximum: 999_999_999, description: 'The id of a guest.' };
const weight: JsonSchema = { type: 'number', minimum: 0, maximum: 1, description: 'Relative to the other members.' };
const state: JsonSchema = { enum: ['ready', 'drain'], description: 'drain: no new connections, open ones go on.' };
const version: JsonSchema = { type: 'integer', minimum: 0, description: 'Grows with each change.' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 100 };
const fencing: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{1,20}$',
  description: "The sender's fencing token, a decimal number as text. One older than the newest seen is refused.",
};

const MONITOR = object(
  {
    type: { enum: ['ping', 'tcp', 'http'] },
    delay: milliseconds,
    timeout: milliseconds,
    maxRetries: retries,
    maxRetriesDown: retries,
    http: object(
      {
        method: { type: 'string', pattern: '^[A-Z]{1,16}$' },
        path: { type: 'string', pattern: '^/[!-~]*$', maxLength: 1_000 },
        expectedCodes: {
          type: 'array',
          minItems: 1,
          maxItems: 500,
          items: { type: 'integer', minimum: 100, maximum: 599 },
        },
      },
      ['method', 'path', 'expectedCodes'],
    ),
  },
  ['type', 'delay', 'timeout', 'maxRetries', 'maxRetriesDown'],
);

const MEMBER = object({ guest, address, port, weight, state }, ['guest', 'address', 'port'], 'Member');

const SPEC_FIELDS: Properties = {
  vip: object({ address, port }, ['address', 'port']),
  mac,
  protocol: { enum: ['tcp', 'udp'] },
  algorithm: { enum: ['weighted', 'round-robin', 'least-connections', 'source-ip'] },
  persistence: object({ type: { enum: ['source-ip'] }, timeout: milliseconds }, ['type', 'timeout']),
  monitor: MONITOR,
  members: { type: 'array', maxItems: 1_000, items: MEMBER },
};
const SPEC_REQUIRED = ['vip', 'protocol', 'algorithm', 'members'];

const SPEC: JsonSchema = object(SPEC_FIELDS, SPEC_REQUIRED, 'ServiceSpec');

export const SERVICE_CHANGE: JsonSchema = object({ fencing, ...SPEC_FIELDS }, SPEC_REQUIRED, 'ServiceChange');

export const SERVICE: JsonSchema = object(
  {
    name,
    version,
    fencing,
    spec: SPEC,
    status: {
      type: 'array',
      description: 'What holds of each member: held by hand, and what the health monitor says.',
      items: object(
        {
          guest,
          state,
          held: { type: 'boolean' },
          health: { enum: ['up', 'down'] },
          ramp: { type: 'number', minimum: 0, maximum: 1 },
          open: { ...count, description: 'Open connections, where the algorithm counts them.' },
        },
        ['guest', 'state', 'held', 'health', 'ramp'],
      ),
    },
  },
  ['name', 'version', 'spec', 'status'],
  'Service',
);

export const SERVICES: JsonSchema = object({ version, services: { type: 'array', items: SERVICE } }, [
  'version',
  'services',
]);

export const WEIGHTS_CHANGE: JsonSchema = object(
  {
    fencing,
    members: { type: 'array', maxItems: 1_000, items: object({ guest, weight, state }, ['guest', 'weight']) },
  },
  ['members'],
  'WeightsChange',
);

export const WEIGHTS: JsonSchema = object(
  {
    service: name,
    version,
    fencing,
    members: {
      type: 'array',
      items: object(
        { guest, weight, state, held: { type: 'boolean', description: 'Drained by hand, until it is said ready.' } },
        ['guest', 'weight', 'state', 'held'],
      ),
    },
  },
  ['service', 'version', 'members'],
  'Weights',
);

const AT = object({ dpid, port: { type: 'integer', minimum: 1, maximum: 0xffff_ff00 } }, ['dpid', 'port']);

export const PLACEMENT_CHANGE: JsonSchema = object({ mac, at: AT }, ['mac'], 'PlacementChange');

export const PLACEMENT: JsonSchema = object(
  { address, mac, at: AT, by: { enum: ['told', 'learned'] } },
  ['address', 'mac', 'by'],
  'Placement',
);

export const PLACEMENTS: JsonSchema = object({ placements: { type: 'array', items: PLACEMENT } }, ['placements']);

export const ERROR: JsonSchema = object(
  { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
  ['code', 'message'],
  'Error',
);

export const NAME_PARAMS: JsonSchema = object({ name }, ['name']);
export const MEMBER_PARAMS: JsonSchema = object(
  { name, guest: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', description: 'The id of a guest.' } },
  ['name', 'guest'],
);
export const ADDRESS_PARAMS: JsonSchema = object({ address }, ['address']);

/** An object without other keys; a title makes it a component of the OpenAPI document. */
export function object(properties: Properties, required: readonly string[], title?: string): JsonSchema {
  return {
    ...(title !== undefined && { title }),
    type: 'object',
    additionalProperties: false,
    required: [...required],
    properties,
  };
}
