/** Ctrl-C, a closed terminal, or an ordinary kill: the demo ends in order, with its summary, and cleans up. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts at the first of these signals; a second one ends the process at once. */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  for (const name of SIGNALS) process.once(name, interrupt);
  return {
    signal: interrupted.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, interrupt);
    },
  };
}
