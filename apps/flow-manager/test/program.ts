import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A line of the log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** `ballast-flow-manager` as a process, from the sources. */
export class Program {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  stdout = '';
  stderr = '';
  readonly #exit: Promise<number | null>;
  #heard: () => void = () => undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, ['--conditions=source', '--import', TSX, MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    // `close`: its output was read, too.
    this.#exit = once(this.child, 'close').then(([code]) => code as number | null);
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (line) => this.#read(line));
    }
  }

  /** The first line of the log with these words, from line `from` on; fails where the program ends without it. */
  async told(words: string, from = 0): Promise<LogLine> {
    for (;;) {
      const found = this.lines.slice(from).find(({ msg }) => msg.includes(words));
      if (found !== undefined) return found;
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
      const ended = await Promise.race([heard, this.#exit.then((code) => ({ code }))]);
      if (ended !== undefined && !this.lines.some(({ msg }) => msg.includes(words))) {
        throw new Error(
          `Expected it to tell "${words}", and it ended with ${ended.code}: ${this.stderr}${this.stdout}`,
        );
      }
    }
  }

  /** Sends a signal, and waits for the end: its exit code, `null` where a signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.#exit;
  }

  /** Waits for an end that comes by itself. */
  ended(): Promise<number | null> {
    return this.#exit;
  }

  #read(line: string): void {
    this.stdout += `${line}\n`;
    if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
    this.#heard();
  }
}

/** Where a program that has started serves its REST API, and where switches connect to it. */
export async function started(program: Program): Promise<{ readonly url: string; readonly switches: string }> {
  const { url, switches } = await program.told('flow manager started');
  return { url: String(url), switches: String(switches) };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at by the test
  readonly body: any;
}

/** One request with JSON, or without. */
export async function ask(
  url: string,
  given: { method?: string; token?: string; body?: unknown } = {},
): Promise<Answer> {
  const { method = 'GET', token, body } = given;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, body: json ? JSON.parse(text) : undefined };
}
