import type { Io } from '../src/index.ts';

/** A terminal in memory. */
export interface TestTerminal extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
}

export interface TerminalOptions {
  readonly env?: Io['env'];
  /** The answer to every question; without one there is nobody to ask. */
  readonly answer?: boolean;
}

export function aTerminal({ env = {}, answer }: TerminalOptions = {}): TestTerminal {
  const written = { out: '', err: '' };
  const handlers = new Set<() => void>();
  const stream = (name: 'out' | 'err'): Io['stdout'] => ({
    write: (text) => {
      written[name] += text;
    },
    isTTY: false,
    columns: 80,
  });
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    env,
    ask:
      answer === undefined
        ? undefined
        : async (question) => {
            written.err += `${question}\n`;
            return answer;
          },
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    out: () => written.out,
    err: () => written.err,
    interrupt: () => {
      for (const handler of handlers) handler();
    },
  };
}
