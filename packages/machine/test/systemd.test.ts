import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { notifySystemd } from '../src/index.ts';

/** Listens as systemd does, on a datagram socket, and prints what arrives. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True: print(s.recv(4096).decode(), flush=True)
`;

describe('notifySystemd', () => {
  it('does nothing where nobody asked to be told', async () => {
    expect(await notifySystemd(['--ready'], {})).toBe(false);
  });

  it('reaches the socket that systemd names', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'notify-'));
    const socket = path.join(directory, 'notify');
    const listener = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let text = '';
      listener.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      await expect.poll(() => text, { timeout: 10_000 }).toContain('listening');
      expect(await notifySystemd(['--ready', '--status=auto'], { ...process.env, NOTIFY_SOCKET: socket })).toBe(true);
      // A second message, the barrier, asks whether the first was read: the listener must still be there.
      await expect.poll(() => text, { timeout: 10_000 }).toContain('READY=1');
      expect(text).toContain('STATUS=auto');
    } finally {
      listener.kill();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
