/** The world outside a command: what it reads from and writes to. Tests bring their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks a yes-or-no question; `undefined` when there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** Runs `handler` at Ctrl-C, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** Colours only on a terminal, and never where NO_COLOR is set (https://no-color.org). */
export function styleOf(output: Output, env: Io['env']): { readonly width: number; readonly colour: boolean } {
  const colour = output.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return { width: Math.max(60, Math.min(output.columns ?? 80, 120)), colour };
}
