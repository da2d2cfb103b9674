import { createInterface } from 'node:readline/promises';
import type { Io, Output } from './io.ts';

/** The process's own streams, environment and signals. */
export function terminalIo(): Io {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    ask: interactive ? ask : undefined,
    onInterrupt: (handler) => {
      process.on('SIGINT', handler);
      return () => void process.off('SIGINT', handler);
    },
  };
}

/** Exit code of a program whose reader has gone: 128 + SIGPIPE. */
const EXIT_UNREAD = 141;

type Stream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'isTTY' | 'columns'>;

/**
 * Once the reader has gone, as `head` goes, what is left to say is dropped: what was begun is still carried to its end.
 * @param unread called then, once
 */
export function output(stream: Stream, unread: () => void = endUnread): Output {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (open) unread();
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns;
    },
  };
}

function endUnread(): void {
  process.once('exit', () => {
    process.exitCode = EXIT_UNREAD;
  });
}

async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Without an answer (Ctrl-C, end of input) the interface closes: that is a no.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  lines.once('SIGINT', () => lines.close());
  const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
