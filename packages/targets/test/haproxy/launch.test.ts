import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findHaproxy, startHaproxy } from '@ballast/targets';
import { describe, expect, onTestFinished, test } from 'vitest';
import { machineClock as clock } from '../support/clock.ts';
import { aBackend, launched } from '../support/launched.ts';
import { runtime } from '../support/runtime.ts';
import { ask, webs } from '../support/traffic.ts';

describe('findHaproxy', () => {
  test('finds the program of this machine', async () => {
    expect(await findHaproxy()).toMatch(/^\/.*haproxy$/);
  });

  test.each([
    {
      binary: 'haproxy-of-nobody',
      message:
        'Expected the haproxy program "haproxy-of-nobody" in PATH and /usr/local/sbin, /usr/sbin, /sbin, found none.',
    },
    { binary: '/nowhere/haproxy', message: 'Expected the haproxy program at /nowhere/haproxy, found none.' },
  ])('says where it looked for $binary', async ({ binary, message }) => {
    await expect(findHaproxy(binary, '/usr/bin:/bin')).rejects.toMatchObject({
      code: 'haproxy-missing',
      message,
      hint: 'Install it (Debian: `apt-get install haproxy`), or name its path.',
    });
  });

  test('a file that is no program is passed over', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'path-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = path.join(directory, 'haproxy');
    await writeFile(file, '', { mode: 0o644 });
    await expect(findHaproxy(file)).rejects.toMatchObject({ code: 'haproxy-missing' });
  });
});

describe('startHaproxy', () => {
  test('without the program it says how to get it', async () => {
    await expect(startHaproxy({ backends: [], clock, binary: '/nowhere/haproxy' })).rejects.toMatchObject({
      code: 'haproxy-missing',
    });
  });

  test('serves each backend at a port of its own, and leaves nothing behind', async () => {
    const members = await webs('web-01', 'pay-01');
    const haproxy = await launched(members.map((web) => ({ name: web.name.slice(0, -3), servers: [web] })));
    expect(haproxy.version).toMatch(/^\d+\.\d+/);
    expect(await ask(haproxy.ports['web'] ?? 0)).toBe('web-01');
    expect(await ask(haproxy.ports['pay'] ?? 0)).toBe('pay-01');
    await haproxy.stop();
    await haproxy.stop();
    await expect(access(path.dirname(haproxy.socket.path))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(ask(haproxy.ports['web'] ?? 0)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a reload is another process with the same ports', async () => {
    const [web] = await webs('web-01');
    if (web === undefined) throw new Error('no web server');
    const haproxy = await launched([{ name: 'shop', servers: [web] }]);
    const pid = async (): Promise<string | undefined> => /^Pid: (\d+)/m.exec(await runtime(haproxy, 'show info'))?.[1];
    const before = await pid();
    await haproxy.reload();
    expect(await pid()).not.toBe(before);
    expect(await ask(haproxy.ports['shop'] ?? 0)).toBe('web-01');
  });

  test('a configuration that HAProxy refuses is told in its own words', async () => {
    const start = startHaproxy({ backends: [aBackend(['web-01'], { balance: 'sideways' })], clock });
    await expect(start).rejects.toMatchObject({
      code: 'haproxy-start',
      message: expect.stringMatching(/^HAProxy did not start: it ended\. It said: .*balance/),
    });
  });

  test('a name that would be another line is refused', async () => {
    await expect(startHaproxy({ backends: [aBackend(['a\n  server b'])], clock })).rejects.toMatchObject({
      code: 'haproxy-bad-name',
    });
  });

  test('a reload to a configuration that HAProxy refuses is an error, and the old one serves on', async () => {
    const [web] = await webs('web-01');
    if (web === undefined) throw new Error('no web server');
    const haproxy = await launched([{ name: 'shop', servers: [web] }], { timeout: 1_500 });
    const broken = [{ name: 'shop', servers: [web], balance: 'sideways' }];
    await expect(haproxy.reload(broken)).rejects.toMatchObject({
      code: 'haproxy-start',
      message: expect.stringContaining('balance'),
    });
    expect(await ask(haproxy.ports['shop'] ?? 0)).toBe('web-01');
  });
});
