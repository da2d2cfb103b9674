import { Agent, request } from 'node:https';
import { DEFAULT_TOKEN, type Simulator } from '../../src/index.ts';

/** An answer, as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string | number>>;
  /** Sent as it stands. */
  readonly body?: string;
  /** Which entry point is asked. */
  readonly entry?: number;
}

export const BY_TOKEN = { authorization: `PVEAPIToken=${DEFAULT_TOKEN.id}=${DEFAULT_TOKEN.secret}` };

/** Sends a request as it is told to, over TLS that trusts the simulator's authority alone. */
export function call(
  simulator: Pick<Simulator, 'urls' | 'ca'>,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<WireAnswer> {
  const text = options.form === undefined ? options.body : formOf(options.form);
  const headers: Record<string, string> = { ...(options.headers ?? BY_TOKEN) };
  if (text !== undefined && headers['transfer-encoding'] === undefined)
    headers['content-length'] = String(Buffer.byteLength(text));
  if (options.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  const url = `${simulator.urls[options.entry ?? 0]}/api2/json${path}`;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca: simulator.ca, agent: new Agent() }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, statusMessage = '' } = response;
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: statusCode, reason: statusMessage, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

/** The data of a success. */
export async function data<T = Record<string, unknown>>(
  simulator: Pick<Simulator, 'urls' | 'ca'>,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  const answer = await call(simulator, 'GET', path, options);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.reason}`);
  return (JSON.parse(answer.body) as { data: T }).data;
}

function formOf(form: Readonly<Record<string, string | number>>): string {
  return new URLSearchParams(
    Object.entries(form).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
}
