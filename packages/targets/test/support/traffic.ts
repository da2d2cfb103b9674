import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A web server that answers with its own name. */
export interface Web {
  readonly name: string;
  readonly port: number;
  /** Requests that began here. */
  readonly started: () => number;
  /** Answers wait while it is held, and are given when it is released. */
  readonly hold: () => void;
  readonly release: () => void;
}

/** Starts web servers for the test that runs. */
export async function webs(...names: readonly string[]): Promise<readonly Web[]> {
  return await Promise.all(names.map(startWeb));
}

async function startWeb(name: string): Promise<Web> {
  let started = 0;
  let held: (() => void)[] | undefined;
  const server: Server = createServer((_, response) => {
    started += 1;
    const answer = (): void => void response.end(name);
    if (held === undefined) answer();
    else held.push(answer);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    name,
    port: (server.address() as AddressInfo).port,
    started: () => started,
    hold: () => {
      held = [];
    },
    release: () => {
      for (const answer of held ?? []) answer();
      held = undefined;
    },
  };
}

/** One request; resolves with the name of the web server that answered. */
export function ask(port: number, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, ...(agent === undefined ? {} : { agent }) }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += String(chunk);
      });
      response.once('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    call.once('error', reject);
    call.end();
  });
}

/** Sends `count` requests over 16 connections and counts the answers by web server. A failed request fails it all. */
export async function count(port: number, requests: number): Promise<Readonly<Record<string, number>>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const answers: Record<string, number> = {};
  let left = requests;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const name = await ask(port, agent);
      answers[name] = (answers[name] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  agent.destroy();
  return answers;
}
