import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Milliseconds } from '@ballast/core';
import { LabError } from './errors.ts';

/** A program that runs on a host and talks in lines. */
export interface Program {
  readonly child: ChildProcess;
  /**
   * The next line that nobody has read yet.
   * @throws {LabError} `lab-program` when it ends before, `lab-timeout` when it says nothing for {@link PATIENCE}
   */
  line(): Promise<string>;
  /** Tells it a line, and waits for the next of its own. */
  ask(text: string): Promise<string>;
  tell(text: string): void;
  /** Hands every further line to a listener, instead of to {@link line}. */
  listen(listener: (line: string) => void): void;
  /** Ends its input and waits for its next line. */
  end(): Promise<string>;
}

/** A program that says nothing for so long hangs: it is told of, rather than waited for. */
const PATIENCE: Milliseconds = 30_000;

interface Reader {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** @param what it is, for messages */
export function talking(child: ChildProcess, what: string): Program {
  const { stdin, stdout } = child;
  if (stdout === null || stdin === null) throw new LabError('lab-program', `Expected ${what} to have pipes.`);
  const lines: string[] = [];
  const readers: Reader[] = [];
  let listener: ((line: string) => void) | undefined;
  let over: LabError | undefined;
  createInterface(stdout).on('line', (line) => {
    const reader = readers.shift();
    if (reader !== undefined) reader.resolve(line);
    else if (listener !== undefined) listener(line);
    else lines.push(line);
  });
  const end = (how: unknown): void => {
    over = new LabError('lab-program', `Expected a line from ${what}, and it has ended (${String(how)}).`);
    for (const { reject } of readers.splice(0)) reject(over);
  };
  child.once('error', end);
  // After `close` no line can come any more.
  child.once('close', (code, signal) => end(signal ?? code));
  // What is told to a program that has just ended is lost.
  stdin.on('error', () => undefined);
  const line = (): Promise<string> => {
    const ready = lines.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return over === undefined ? nextLine(readers, what) : Promise.reject(over);
  };
  const tell = (text: string): void => void stdin.write(`${text}\n`);
  return {
    child,
    line,
    tell,
    ask: (text) => {
      tell(text);
      return line();
    },
    listen: (listening) => {
      listener = listening;
      for (const text of lines.splice(0)) listening(text);
    },
    end: () => {
      stdin.end();
      return line();
    },
  };
}

function nextLine(readers: Reader[], what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const silent = (): void => {
      readers.splice(readers.indexOf(reader), 1);
      reject(new LabError('lab-timeout', `Expected a line from ${what} within ${PATIENCE} ms.`));
    };
    const timer = setTimeout(silent, PATIENCE);
    const reader: Reader = {
      resolve: (line) => {
        clearTimeout(timer);
        resolve(line);
      },
      reject: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    };
    readers.push(reader);
  });
}
