import { BallastError, nearestNames } from '@ballast/core';
import type { FastifyError } from 'fastify';

/** An error as a client of the REST API gets it. */
export interface Refusal {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string; readonly hint?: string };
}

const STATUS: Readonly<Record<string, number>> = {
  'registry-unknown-service': 404,
  'registry-unknown-member': 404,
  'registry-duplicate-member': 400,
  'registry-bad-weight': 400,
  'registry-stale-token': 409,
  'service.invalid': 422,
  'service.unsupported': 422,
  'rest-unauthorized': 401,
  'rest-unknown-path': 404,
  'rest-unknown-placement': 404,
  'rest-unknown-switch': 404,
  'rest-bad-generation': 400,
  'rest-stale-generation': 409,
  'switch-stale-generation': 409,
  'channel-lost': 503,
  'channel-closed': 503,
  'channel-timeout': 504,
  'rest-unhealthy': 503,
};

const BORDER: Readonly<Record<string, readonly [code: string, message: string, hint: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['rest-too-large', 'The body is too large.', 'Send at most 1 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'rest-media-type',
    'Expected a body of JSON, got another media type.',
    'Send the header "Content-Type: application/json".',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['rest-bad-json', 'Expected a body of JSON, got none.', 'Send one, or no Content-Type.'],
  FST_ERR_BAD_URL: ['rest-bad-url', 'The path is not well encoded.', 'Encode a per cent sign as %25.'],
};

/** What a client is told. Of what is no error of ours or of the request it is told nothing: that is for the log. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof BallastError) return refusal(STATUS[error.code] ?? 500, error.code, error.message, error.hint);
  const { validation, validationContext, statusCode = 500, code } = error as Partial<FastifyError>;
  const fault = validation?.[0];
  if (fault !== undefined) return invalid(fault, validationContext ?? 'body');
  const known = code === undefined ? undefined : BORDER[code];
  if (known !== undefined) return refusal(statusCode, ...known);
  if (statusCode >= 400 && statusCode < 500) {
    const message = `Expected a body of JSON: ${error instanceof Error ? error.message : 'it is none'}`;
    return refusal(statusCode, 'rest-bad-json', message, 'Check it with `jq .`.');
  }
  return refusal(500, 'rest-internal', 'The flow manager failed at this request.', 'Its log says why.');
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly data?: unknown;
  readonly parentSchema?: { readonly properties?: Readonly<Record<string, unknown>> };
}

/** Names the field, what it was to be and what it was. */
function invalid(fault: Fault, context: string): Refusal {
  const at = fieldOf(fault.instancePath) || (context === 'params' ? 'the path' : `the ${context}`);
  const { keyword, params, message = 'be valid' } = fault;
  const hint = 'GET /v1/openapi.json describes every field.';
  const refuse = (text: string): Refusal => refusal(400, 'rest-invalid', text, hint);
  if (keyword === 'required') return refuse(`Expected ${at} to have ${params['missingProperty']}, got none.`);
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const known = Object.keys(fault.parentSchema?.properties ?? {});
    const near = nearestNames(key, known, 1)[0];
    return refuse(
      `Unknown key ${JSON.stringify(key)} in ${at}; ${near ? `did you mean ${near}?` : `known are ${known.join(', ')}.`}`,
    );
  }
  const allowed = Array.isArray(params['allowedValues'])
    ? `be one of ${params['allowedValues'].join(', ')}`
    : undefined;
  const wanted = allowed ?? message.replace(/^must (NOT )?/, (_, not?: string) => (not === undefined ? '' : 'not '));
  return refuse(`Expected ${at} to ${wanted}, got ${shown(fault.data)}.`);
}

/** `/members/0/weight` as `members[0].weight`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`), '');
}

/** Short, for it goes back to who sent it and into logs. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function refusal(status: number, code: string, message: string, hint?: string): Refusal {
  return { status, body: { code, message, ...(hint !== undefined && { hint }) } };
}
