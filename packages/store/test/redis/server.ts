import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis, type RedisConnection, type RedisConnectionOptions } from '../../src/index.ts';

const PATIENCE = 20_000;
const DURABLE = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];

/** A real Redis of the test's own, on a port of its own, in an empty directory. */
export class RedisServer {
  readonly port: number;
  /** A client of the test's own, for what only an administrator does. */
  readonly admin: Redis;
  readonly problems: Error[] = [];
  readonly #directory: string;
  readonly #arguments: readonly string[];
  readonly #connections: RedisConnection[] = [];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, args: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#arguments = args;
    this.admin = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => 50 });
    this.admin.on('error', () => undefined);
  }

  /** @param args further settings, such as `--cluster-enabled yes` */
  static async start(...args: readonly string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'ballast-redis-'));
    const server = new RedisServer(await freePort(), directory, [...DURABLE, ...args]);
    await server.begin();
    return server;
  }

  /** A Sentinel, which keeps what it knows in a configuration file. */
  static async startSentinel(): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'ballast-redis-'));
    const server = new RedisServer(await freePort(), directory, ['--sentinel']);
    await server.begin();
    return server;
  }

  get #file(): string {
    return join(this.#directory, 'redis.conf');
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the server, on what it had on disk. */
  async begin(): Promise<void> {
    await writeFile(this.#file, '', { flag: 'a' });
    const settings = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.#directory];
    const child = spawn('redis-server', [this.#file, ...settings, ...this.#arguments], { stdio: 'ignore' });
    this.#process = child;
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    await Promise.race([failed, this.#answers(child)]);
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** A stopped server takes connections and never answers. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  connect(options: Partial<RedisConnectionOptions> = {}): RedisConnection {
    const onProblem = (problem: Error): void => void this.problems.push(problem);
    const connection = connectRedis({ url: this.url, timeout: 5_000, onProblem, ...options });
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    this.admin.disconnect();
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #answers(child: ChildProcess): Promise<void> {
    const until = performance.now() + PATIENCE;
    while ((await this.admin.ping().catch(() => '')) !== 'PONG') {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`);
      if (performance.now() > until) throw new Error('redis-server does not answer.');
      await pause(20);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
