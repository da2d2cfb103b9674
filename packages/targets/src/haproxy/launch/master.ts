import net from 'node:net';

/**
 * The workers that the master process counts as its present ones, by pid; undefined while the master does not
 * answer. A master that answers has its signal handlers in place: before that it loses the signals it is sent.
 * @param signal ends the waiting for a master that has not come to answer yet
 */
export async function workersOf(masterPath: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const reply = await ask(masterPath, 'show proc;quit\n', signal);
  if (!reply.includes('# workers')) return undefined;
  const [, workers = ''] = reply.split(/^# workers\n/m);
  const present = workers.split(/^#/m)[0] ?? '';
  return [...present.matchAll(/^(\d+)\s+worker\b/gm)].map((match) => match[1] ?? '');
}

function ask(path: string, command: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = net.connect({ path }, () => socket.write(command));
    socket.setEncoding('utf8').on('data', (chunk) => {
      reply += String(chunk);
    });
    const stop = (): void => void socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(reply);
    });
  });
}
