import { Writable } from 'node:stream';
import { BallastError } from '@ballast/core';
import { describe, expect, it } from 'vitest';
import { createLogger, type LogFormat, type Logger } from '../src/index.ts';

const SECRET = 'b1946ac9-2f0c-4e6b-9d3e-0c8f5a7e1d42';

/** A logger, and what it wrote. */
function captured(format: LogFormat = 'json', terminal = false): { readonly log: Logger; readonly text: () => string } {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return {
    log: createLogger({ level: 'info', format, destination, terminal, name: 'ballast' }),
    text: () => chunks.join(''),
  };
}

/** An error as HTTP clients throw it: the whole request hangs on it. */
function aClientError(): Error {
  const headers = { Authorization: `PVEAPIToken=root@pam!ballast=${SECRET}`, Cookie: `PVEAuthCookie=${SECRET}` };
  return Object.assign(new Error('Request failed with status code 401'), {
    code: 'ERR_BAD_REQUEST',
    config: { url: 'https://pve1:8006/api2/json', headers, data: `username=root@pam&password=${SECRET}` },
    request: { _header: `Authorization: PVEAPIToken=root@pam!ballast=${SECRET}`, socket: { _httpMessage: headers } },
    response: { status: 401, config: { headers } },
  });
}

function circular(): object {
  const ring: Record<string, unknown> = { password: SECRET };
  ring['self'] = ring;
  return ring;
}

const LEAKS: readonly (readonly [string, (log: Logger) => void])[] = [
  ['a field', (log) => log.info({ password: SECRET }, 'x')],
  ['a nested field', (log) => log.info({ auth: { token: { secret: SECRET } } }, 'x')],
  ['a field deep down', (log) => log.info({ a: { b: { c: { d: { apiKey: SECRET } } } } }, 'x')],
  ['beyond the depth that is copied', (log) => log.info({ a: { b: { c: { d: { e: { f: { g: SECRET } } } } } } }, 'x')],
  ['a list', (log) => log.info({ endpoints: [{ ticket: SECRET }] }, 'x')],
  ['a header of any case', (log) => log.info({ headers: { 'X-Auth-Token': SECRET, COOKIE: SECRET } }, 'x')],
  ['a client’s error as err', (log) => log.error({ err: aClientError() }, 'x')],
  ['a client’s error under another name', (log) => log.error({ failure: aClientError() }, 'x')],
  ['a client’s error by itself', (log) => log.error(aClientError())],
  ['a client’s error as a cause', (log) => log.error(new BallastError('x', 'failed', { cause: aClientError() }))],
  [
    'a client’s error among several',
    (log) => log.error({ err: new AggregateError([aClientError()], 'all failed') }, 'x'),
  ],
  ['a ring', (log) => log.info(circular(), 'x')],
  ['a child’s bindings', (log) => log.child({ token: SECRET, auth: { password: SECRET } }).info('x')],
  ['a child’s error', (log) => log.child({ err: aClientError() }).info('x')],
  ['a token in a message', (log) => log.info(`sent PVEAPIToken=root@pam!ballast=${SECRET}`)],
  ['a bearer in a message', (log) => log.info(`Authorization: Bearer ${SECRET}`)],
  ['a password in an address', (log) => log.info(`redis://user:${SECRET}@10.0.0.1:6379`)],
  ['an interpolated value', (log) => log.info('headers %o', { a: `Bearer ${SECRET}` })],
  ['a ticket in the text of an error', (log) => log.error(new Error(`bad ticket PVE:root@pam:65A1B2C3::${SECRET}`))],
];

describe.each(['json', 'pretty'] as const)('no secret reaches the log as %s', (format) => {
  it.each(LEAKS)('in %s', (_, write) => {
    const { log, text } = captured(format);
    write(log);
    expect(text()).not.toBe('');
    expect(text()).not.toContain(SECRET);
  });
});

describe('a line', () => {
  const parsed = (write: (log: Logger) => void): Record<string, unknown> => {
    const { log, text } = captured();
    write(log);
    return JSON.parse(text()) as Record<string, unknown>;
  };

  it('has a time, a level by name, the program and the fields', () => {
    const line = parsed((log) => log.child({ round: 'r7' }).info({ nodes: 3 }, 'round done'));
    expect(line).toMatchObject({ level: 'info', name: 'ballast', round: 'r7', nodes: 3, msg: 'round done' });
    expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('keeps numbers under secret names: a fencing token is none', () => {
    expect(parsed((log) => log.info({ token: 42, password: null }, 'lease'))).toMatchObject({
      token: 42,
      password: null,
    });
  });

  it('tells an error of ours by code, hint and cause, without the stack nobody needs', () => {
    const error = new BallastError('pve-unreachable', 'Expected an answer, got none.', {
      cause: new Error('ECONNREFUSED'),
      hint: 'Is pveproxy running?',
    });
    expect(parsed((log) => log.error({ err: error }, 'round failed'))['err']).toEqual({
      type: 'BallastError',
      code: 'pve-unreachable',
      message: 'Expected an answer, got none.',
      hint: 'Is pveproxy running?',
      cause: { type: 'Error', message: 'ECONNREFUSED' },
    });
  });

  it('tells an error that nobody expected by its stack', () => {
    const { err } = parsed((log) => log.error({ err: new TypeError('x is undefined') }, 'bug')) as {
      err: { stack: string };
    };
    expect(err.stack).toContain('logger.test.ts');
  });
});

describe('the format', () => {
  it.each([
    ['auto', true, false],
    ['auto', false, true],
    ['json', true, true],
    ['pretty', false, false],
  ] as const)('%s on a terminal: %s is JSON: %s', (format, terminal, json) => {
    const { log, text } = captured(format, terminal);
    log.info('hello');
    expect(text().startsWith('{')).toBe(json);
    expect(text()).toContain('hello');
  });

  it('is silent below its level', () => {
    const { log, text } = captured();
    log.debug('hidden');
    expect(text()).toBe('');
  });
});
