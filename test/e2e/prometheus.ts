import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const hasPrometheus: boolean = spawnSync('prometheus', ['--version']).error === undefined;

export interface Prometheus {
  /** The `data` of an answer of the HTTP API; throws what it says of a request that it refuses. */
  ask(resource: string, params?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Waits until a query has a result, for a minute at most. */
  untilHolds(query: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Prometheus of its own, that scrapes one address each second as a job of Ballast's. */
export async function startPrometheus(target: string, ruleFile: string, job = 'ballast'): Promise<Prometheus> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'prometheus-'));
  const file = path.join(directory, 'prometheus.yaml');
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [ruleFile],
    scrape_configs: [{ job_name: job, static_configs: [{ targets: [target] }] }],
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=${address}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(`http://${address}/-/ready`, child);
  } catch (error) {
    await stop();
    throw new Error(`Prometheus did not start: ${said.join('').slice(-2000)}`, { cause: error });
  }
  const asked: Prometheus['ask'] = (resource, params = {}) => ask(`http://${address}/api/v1/${resource}`, params);
  return { ask: asked, untilHolds: (query) => untilHolds(query, asked), stop };
}

async function untilHolds(query: string, asked: Prometheus['ask']): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const { result } = (await asked('query', { query })) as { readonly result: readonly unknown[] };
    if (result.length > 0) return;
    if (Date.now() > end) throw new Error(`Waited in vain: ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function ask(url: string, params: Readonly<Record<string, string>>): Promise<unknown> {
  const reply = await fetch(`${url}?${new URLSearchParams(params).toString()}`);
  const body = (await reply.json()) as { status: string; error?: string; data?: unknown };
  if (body.status !== 'success') throw new Error(`${body.error}: ${JSON.stringify(params)}`);
  return body.data;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const ok = await fetch(url).then(
      (reply) => reply.ok,
      () => false,
    );
    if (ok) return;
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
    if (Date.now() > end) throw new Error(`No answer at ${url}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
