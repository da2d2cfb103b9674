import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Milliseconds } from '@ballast/core';
import { DEFAULT_TOKEN, type Simulator } from '@ballast/pve-simulator';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const PROGRAM = fileURLToPath(new URL('../../apps/operator/src/main.ts', import.meta.url));

interface Line {
  readonly msg: string;
  readonly term?: string;
  readonly [key: string]: unknown;
}

/** An operator in a process of its own, as its service runs it; what it logs tells what it believes. */
export class OperatorProcess {
  readonly logged: Line[] = [];
  readonly #child: ChildProcess;
  #believes = false;

  /** @param within the start of a command line that runs the rest of it, such as `unshare` */
  constructor(config: string, within: readonly string[] = []) {
    const node = [process.execPath, '--conditions=source', '--import', TSX, PROGRAM, '--config', config];
    const [program = '', ...args] = [...within, ...node];
    this.#child = spawn(program, args, {
      env: { ...process.env, TOKEN: DEFAULT_TOKEN.secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(JSON.parse(line));
    });
  }

  has(message: string): boolean {
    return this.logged.some(({ msg }) => msg === message);
  }

  /** Tokens of its terms, in order. */
  get terms(): readonly number[] {
    return this.logged.flatMap(({ msg, term }) => (msg === 'this operator leads' ? [Number(term)] : []));
  }

  /** Whether it believes to lead. */
  get leads(): boolean {
    return this.#believes && !this.ended;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.#child.kill(name);
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async kill(): Promise<void> {
    if (this.ended) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  #take(line: Line): void {
    this.logged.push(line);
    if (line.msg === 'this operator leads') this.#believes = true;
    if (line.msg.startsWith('this operator no longer leads')) this.#believes = false;
  }
}

export interface OperatorsConfig {
  readonly simulator: Pick<Simulator, 'urls' | 'fingerprint'>;
  /** The section of this name, given the directory that the file is in. */
  readonly state: (directory: string) => string;
  /** `auto` where it is left out. */
  readonly mode?: 'observe' | 'advise' | 'auto';
  /** Lines added to the configuration. */
  readonly more?: string;
}

/** Writes a configuration for operators that have a round each second. @returns the file, in a directory of its own */
export async function writeOperatorsConfig({ simulator, state, mode = 'auto', more = '' }: OperatorsConfig): Promise<{
  readonly file: string;
  readonly directory: string;
  readonly remove: () => Promise<void>;
}> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'operators-'));
  const file = path.join(directory, 'ballast.yaml');
  await writeFile(
    file,
    `
cluster:
  name: shop
  endpoints: [${simulator.urls.join(', ')}]
  auth: { token: ${DEFAULT_TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${simulator.fingerprint}" }
mode: ${mode}
schedule: "* * * * * *"
balance: { sustain: 1 }
listen: { port: 0 }
state: ${state(directory)}
log: { format: json }
grace: 0s
${more}
`,
  );
  return { file, directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** The section `state` of operators that share a Redis. */
export function inRedis(url: string, lease: Milliseconds): string {
  return `{ redis: { url: "${url}", lease: ${lease / 1000}s, timeout: 500ms } }`;
}
