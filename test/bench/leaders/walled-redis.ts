// A Redis on what looks like a machine of its own: a network namespace, whose way back can be taken away as a firewall would.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = '198.19.251.1';
const THERE = '198.19.251.2';
const PORT = 6379;

export class WalledRedis {
  readonly url = `redis://${THERE}:${PORT}`;
  readonly #space = `ballast-wall-${process.pid}`;
  readonly #directory = mkdtempSync(join(tmpdir(), 'walled-redis-'));
  #process: ChildProcess | undefined;

  /** Needs root: it makes a network namespace. */
  async start(): Promise<void> {
    const [here, there] = [`w${process.pid}a`, `w${process.pid}b`];
    ip('netns', 'add', this.#space);
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', this.#space);
    ip('addr', 'add', `${HERE}/30`, 'dev', here);
    ip('link', 'set', here, 'up');
    ip('-n', this.#space, 'addr', 'add', `${THERE}/30`, 'dev', there);
    ip('-n', this.#space, 'link', 'set', there, 'up');
    await this.begin();
  }

  async begin(): Promise<void> {
    const settings = ['--bind', THERE, '--protected-mode', 'no', '--port', String(PORT), '--dir', this.#directory];
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const command = ['netns', 'exec', this.#space, 'redis-server', ...settings, ...durable];
    this.#process = spawn('ip', command, { stdio: 'ignore' });
    while (this.#ask('PING') !== 'PONG') await new Promise((done) => setTimeout(done, 20));
  }

  /** The text at a key; empty where there is none. */
  read(key: string): string {
    return this.#ask('GET', key);
  }

  #ask(...command: readonly string[]): string {
    try {
      return execFileSync('redis-cli', ['-h', THERE, '-p', String(PORT), ...command], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
    } catch {
      return '';
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** What is sent there arrives; nothing comes back. */
  block(): void {
    ip('-n', this.#space, 'route', 'add', 'blackhole', `${HERE}/32`);
  }

  unblock(): void {
    ip('-n', this.#space, 'route', 'del', 'blackhole', `${HERE}/32`);
  }

  async stop(): Promise<void> {
    await this.kill();
    ip('netns', 'del', this.#space);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
