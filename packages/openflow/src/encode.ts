const ASKING = ['SIGINT', 'SIGTERM'] as const;

/**
 * Aborts at Ctrl-C, an ordinary kill, or when the terminal is gone: the demo ends in order, with its summary, and cleans
 * up. Asked for a second time, the process ends at once; what it leaves is deleted by the next demo.
 */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const interrupted = new AbortController();
  const ask = (): void => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  };
  // A terminal that goes may say so several times.
  const hangUp = (): void => interrupted.abort();
  // Not `once`: whoever looks whether anybody else listens, to end the process otherwise, is to see these.
  for (const name of ASKING) process.on(name, ask);
  process.on('SIGHUP', hangUp);
  return {
    signal: interrupted.signal,
    dispose: () => {
      for (const name of ASKING) process.off(name, ask);
      process.off('SIGHUP', hangUp);
    },
  };
}
