import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** A cluster that is asked, and how. */
export interface Asked {
  readonly url: string;
  readonly token: { readonly id: string; readonly secret: string };
  /** The certificate of its authority (PEM); those that Node knows when absent. */
  readonly ca?: string;
}

export interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly type: string | undefined;
  readonly body: string;
}

/**
 * The cluster that the environment names: PVE_URL (such as `https://pve1:8006`), PVE_TOKEN_ID, PVE_TOKEN_SECRET and,
 * for a certificate of the cluster's own authority, PVE_CA (a file: `/etc/pve/pve-root-ca.pem`).
 */
export function realCluster(env: NodeJS.ProcessEnv): Asked | undefined {
  const { PVE_URL: url, PVE_TOKEN_ID: id, PVE_TOKEN_SECRET: secret, PVE_CA: ca } = env;
  if (url === undefined) return undefined;
  if (id === undefined || secret === undefined) {
    throw new Error(
      'Expected PVE_TOKEN_ID and PVE_TOKEN_SECRET with PVE_URL. A token with the role PVEAuditor will do.',
    );
  }
  return { url, token: { id, secret }, ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }) };
}

/** Reads a path. Nothing but GET is ever sent. */
export function read(asked: Asked, path: string, signedIn = true): Promise<Reply> {
  const { url, token, ca } = asked;
  const headers: Record<string, string> = signedIn ? { authorization: `PVEAPIToken=${token.id}=${token.secret}` } : {};
  const agent = new Agent(ca === undefined ? {} : { ca });
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api2/json${path}`, { method: 'GET', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          type: response.headers['content-type'],
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject).end();
  });
}

/** The data of a success. */
export async function data<T>(asked: Asked, path: string): Promise<T> {
  const { status, reason, body } = await read(asked, path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${reason}`);
  return (JSON.parse(body) as { data: T }).data;
}
