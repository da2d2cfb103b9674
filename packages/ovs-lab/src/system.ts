import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';
import type { Milliseconds } from '@ballast/core';
import { LabError } from './errors.ts';

const execute = promisify(execFile);

/** Debian puts servers where an ordinary user's PATH does not look. */
export const SEARCH_PATH: string = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
export const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

const PATIENCE: Milliseconds = 30_000;
/** The niceness of ovs-vswitchd in Open vSwitch's own start script. */
const PREFERENCE = -10;

/**
 * Runs a program to its end and returns what it printed.
 * @throws {LabError} `lab-command` with what it said
 */
export async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const options = { env: { PATH: SEARCH_PATH, ...env }, timeout: PATIENCE, maxBuffer: 64 << 20 };
    const { stdout } = await execute(program, [...args], options);
    return stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown };
    const said = stderr.trim().split('\n')[0] ?? '';
    throw new LabError('lab-command', `${program} ${args.join(' ')} failed: ${said || String(code)}`, { cause: error });
  }
}

export function ip(...args: readonly string[]): Promise<string> {
  return run('ip', args);
}

/** Runs a shell script inside a network namespace; its first failing command ends it. */
export function script(namespace: string, lines: readonly string[]): Promise<string> {
  return ip('netns', 'exec', namespace, 'sh', '-euc', lines.join('\n'));
}

/** Starts a program inside a network namespace, as {@link start} does. */
export function startIn(namespace: string, command: readonly string[], options: StartOptions): ChildProcess {
  return start(['ip', 'netns', 'exec', namespace, ...command], options);
}

export interface StartOptions {
  readonly stdio: 'ignore' | ['pipe' | 'ignore', 'pipe', 'inherit'];
  /** Beside the PATH. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts a program that stands for another machine: it is told of no Ctrl-C, which is for this process alone; it is
 * killed when this process is gone for whatever reason; and it has the processor first.
 */
export function start(command: readonly string[], { stdio, env }: StartOptions): ChildProcess {
  const args = ['--pdeathsig', 'KILL', ...command];
  const child = spawn('setpriv', args, { env: { PATH: SEARCH_PATH, ...env }, stdio, detached: true });
  prefer(child);
  return child;
}

/**
 * Lets a program have the processor before others, as Open vSwitch's own start script does: what would be many machines
 * is one here, and its other work must not look like a slow network. Where that is not allowed it goes without.
 */
function prefer({ pid }: Pick<ChildProcess, 'pid'>): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, PREFERENCE);
    // Where sessions share the processor first, the program's own session, which it leads, has a niceness, too.
    writeFileSync(`/proc/${pid}/autogroup`, String(PREFERENCE));
  } catch {
    // Not allowed, no such file, or ended already.
  }
}

/** Kills a program, and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

/**
 * Waits for a condition and looks often.
 * @throws {LabError} `lab-timeout`
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  patience: Milliseconds = 15_000,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new LabError('lab-timeout', `Expected ${what} within ${patience} ms.`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}
