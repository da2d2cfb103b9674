import type { FailedCall, Failure } from '../errors/failure.ts';
import type { RawAnswer } from './exchange.ts';

export type Parsed = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly failure: Failure };

/**
 * Reads Proxmox VE's envelope `{"data": ...}`, or says what is wrong with the answer.
 * @param describe the call, for a failure
 * @param redact takes secrets out of what is quoted
 */
export function parseAnswer(answer: RawAnswer, describe: () => FailedCall, redact: (text: string) => string): Parsed {
  const { status, body } = answer;
  const fail = (fields: Partial<Failure>): Parsed => ({
    ok: false,
    failure: { call: describe(), status, errno: '', text: redact(answer.reason), fields: {}, unsent: false, ...fields },
  });
  const content = parseObject(body);
  if (status < 200 || status > 299) {
    const text = redact(answer.reason).trim() || redact(firstLine(content?.['message']));
    return fail({ text, fields: faults(content?.['errors'], redact) });
  }
  if (content === undefined) return fail({ errno: 'BALLAST_NOT_JSON', text: show({ ...answer, body: redact(body) }) });
  if (!('data' in content)) {
    return fail({
      errno: 'BALLAST_NO_DATA',
      text: `the keys ${Object.keys(content).slice(0, 8).join(', ') || '(none)'}`,
    });
  }
  return { ok: true, data: content['data'] };
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function faults(errors: unknown, redact: (text: string) => string): Readonly<Record<string, string>> {
  if (typeof errors !== 'object' || errors === null) return {};
  return Object.fromEntries(Object.entries(errors).map(([field, text]) => [field, redact(String(text))]));
}

function firstLine(message: unknown): string {
  return typeof message === 'string' ? (message.split('\n')[0] ?? '') : '';
}

/** The beginning of an answer that cannot be read, for a person. */
function show({ contentType, body }: RawAnswer): string {
  const type = contentType === '' ? 'no content type' : contentType;
  if (body === '') return `an empty body (${type})`;
  const head = body.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '?');
  return `${JSON.stringify(head)}${body.length > 40 ? '...' : ''} (${type}, ${body.length} characters)`;
}
