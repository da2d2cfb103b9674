import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { notifySystemd } from '../src/systemd.ts';

/** Listens as systemd does, on a datagram socket, and prints what arrives. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
print(s.recv(4096).decode(), flush=True)
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
      const heard = new Promise<void>((resolve, reject) => {
        listener.once('error', reject);
        listener.once('close', () => resolve());
      });
      await new Promise<void>((resolve) => {
        listener.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('listening')) resolve();
        });
      });
      expect(await notifySystemd(['--ready', '--status=auto'], { ...process.env, NOTIFY_SOCKET: socket })).toBe(true);
      await heard;
      expect(text).toContain('READY=1');
      expect(text).toContain('STATUS=auto');
    } finally {
      listener.kill();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
