import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TargetProblem } from '@ballast/core';
import type { HaproxyOptions } from '@ballast/targets';
import { VirtualClock } from '@ballast/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { aBackend, launched, targetAt } from '../support/launched.ts';
import { aPeer } from '../support/peers.ts';
import { proxyTo } from '../support/proxy.ts';
import { runtime, weightOf } from '../support/runtime.ts';

const wanted = [
  anAssignment('shop', [
    { guest: 1, name: 'web-01', weight: 1 },
    { guest: 2, name: 'web-02', weight: 0.5 },
  ]),
];

async function problemsAt(
  address: HaproxyOptions['address'],
  options: Partial<HaproxyOptions> = {},
): Promise<readonly TargetProblem[]> {
  const report = await targetAt(address, options).apply(wanted);
  expect(report).toMatchObject({ changed: [], unchanged: 0 });
  return report.problems;
}

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'socket-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a runtime socket that cannot be reached', () => {
  test('no file', async () => {
    const socket = path.join(await aDirectory(), 'admin.sock');
    expect(await problemsAt(socket)).toEqual([
      {
        code: 'haproxy-socket-missing',
        message: `Expected HAProxy's runtime socket at unix:${socket}, got no file. Is HAProxy running? Check the line \`stats socket\` of haproxy.cfg.`,
      },
    ]);
    await expect(targetAt(socket).read(wanted)).rejects.toMatchObject({ code: 'haproxy-socket-missing' });
  });

  test('a file that nobody listens at any more', async () => {
    const stale = path.join(await aDirectory(), 'admin.sock');
    await leaveStale(stale);
    expect(await problemsAt(stale)).toEqual([
      {
        code: 'haproxy-refused',
        message: `Nothing listens at the runtime socket unix:${stale}. Is HAProxy running? Check the line \`stats socket\` of haproxy.cfg.`,
      },
    ]);
  });

  test('a port that nobody listens at', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const { host, port } = haproxy.tcpSocket;
    await haproxy.stop();
    expect(await problemsAt(haproxy.tcpSocket)).toEqual([
      {
        code: 'haproxy-refused',
        message: `Nothing listens at the runtime socket tcp:${host}:${port}. Is HAProxy running? Check the line \`stats socket\` of haproxy.cfg.`,
      },
    ]);
  });

  test('a file that may not be opened', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    await chmod(haproxy.socket.path, 0o000);
    const problems = await asNobody(() => problemsAt(haproxy.socket));
    expect(problems).toEqual([
      {
        code: 'haproxy-socket-permission',
        message: `The file of the runtime socket unix:${haproxy.socket.path} may not be opened. Add the user that runs Ballast to the group of the socket (\`stats socket ... mode 660 group ...\`).`,
      },
    ]);
  });

  test('a host without a name', async () => {
    const [problem] = await problemsAt('haproxy.invalid:9999');
    expect(problem).toEqual({
      code: 'haproxy-unreachable',
      message: expect.stringMatching(
        /^The runtime socket tcp:haproxy\.invalid:9999 could not be reached: E[A-Z_]+\. Check the address of the target, and the network between here and HAProxy\.$/,
      ),
    });
  });
});

describe('a runtime socket that allows too little', () => {
  test.each(['operator', 'user'] as const)('level %s: said once, nothing is changed', async (level) => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])], { level });
    expect(await problemsAt(haproxy.socket)).toEqual([
      {
        code: 'haproxy-permission-denied',
        message: `HAProxy refused \`set server shop/web-01 weight 256\` at unix:${haproxy.socket.path}: Permission denied. The socket needs \`level admin\` on its line \`stats socket\` in haproxy.cfg.`,
      },
    ]);
    expect(await weightOf(haproxy, 'shop', 'web-01')).toBe(1);
  });
});

describe('something else than a runtime socket', () => {
  test("HAProxy's own web port gets no command beyond the first words", async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const port = haproxy.ports['shop'] ?? 0;
    expect(await problemsAt(`127.0.0.1:${port}`)).toEqual([
      {
        code: 'haproxy-not-runtime-socket',
        message: `Expected HAProxy's prompt at tcp:127.0.0.1:${port}, got "HTTP/1.1 400 Bad request". This port is not HAProxy's runtime socket: name the one of the line \`stats socket\` in haproxy.cfg.`,
      },
    ]);
  });

  test('a web server', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await problemsAt(`127.0.0.1:${port}`)).toMatchObject([{ code: 'haproxy-not-runtime-socket' }]);
  });

  test('the socket of the master process', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const [problem] = await problemsAt(haproxy.masterSocket);
    expect(problem?.code).toBe('haproxy-not-runtime-socket');
    expect(problem?.message).toMatch(
      /This is the socket of the master process \(`-S`\); name the runtime socket of the worker \(`stats socket`\)\.$/,
    );
  });

  test('a server that greets first hears no command that changes anything', async () => {
    const peer = await aPeer((_, socket) => socket.write('220 mail.example ESMTP\r\n'));
    expect(await problemsAt(peer.address)).toMatchObject([
      { code: 'haproxy-not-runtime-socket', message: expect.stringContaining('got "220 mail.example ESMTP"') },
    ]);
    expect(peer.heard()).not.toContain('set server');
  });

  test('a server with a prompt like it, and other answers', async () => {
    const peer = await aPeer((chunk, socket) => {
      for (const line of chunk.split('\n').slice(0, -1)) socket.write(line === 'prompt' ? '\n> ' : 'what?\n\n> ');
    });
    const { port } = peer.address;
    expect(await problemsAt(peer.address)).toEqual([
      {
        code: 'haproxy-bad-reply',
        message: `Expected the reply of HAProxy to \`show info\` at tcp:127.0.0.1:${port}, got "what?". Is this HAProxy, version 2.0 or newer?`,
      },
    ]);
    expect(peer.heard()).not.toContain('set server');
  });

  test('a server that answers more often than it is asked', async () => {
    const peer = await aPeer((_, socket) => socket.write('\n> \n> \n> \n> \n> '));
    expect(await problemsAt(peer.address)).toMatchObject([{ code: 'haproxy-bad-reply' }]);
  });
});

describe('half a reply of a real HAProxy', () => {
  test('then the connection ends: a problem, and the next apply is whole', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    proxy.passOnly(700, 'close');
    const target = targetAt(proxy.address);
    expect((await target.apply(wanted)).problems).toEqual([
      {
        code: 'haproxy-connection-lost',
        message: `tcp:127.0.0.1:${proxy.address.port} closed the connection while replies were due. HAProxy was stopped or restarted; the next round connects again.`,
      },
    ]);
    proxy.passOnly(Number.POSITIVE_INFINITY, 'close');
    expect(await target.apply(wanted)).toMatchObject({ problems: [], changed: [{ after: 256 }, { after: 128 }] });
  });

  test('after the first replies were whole: what was under way is done again, within the same apply', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    const first = (await runtime(haproxy, 'show info')) + (await runtime(haproxy, 'show servers state shop'));
    proxy.passOnly(first.length + 50, 'close');
    const report = await targetAt(proxy.address).apply(wanted);
    expect(report).toMatchObject({ problems: [], changed: [{ after: 256 }, { after: 128 }] });
    expect(proxy.connections()).toBe(2);
  });

  test('cut at any byte, it is never taken for a whole one', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    const whole = targetAt(proxy.address);
    expect((await whole.apply(wanted)).changed).toHaveLength(2);
    const seen = new Set<string>();
    for (let bytes = 0; bytes < 4_000; bytes += 97) {
      proxy.passOnly(bytes, 'close');
      const target = targetAt(proxy.address);
      const { changed, unchanged, problems } = await target.apply(wanted);
      seen.add(`${changed.length} changed, ${unchanged} unchanged, ${problems.map(({ code }) => code).join()}`);
      await target.close();
    }
    expect([...seen].sort()).toEqual(['0 changed, 0 unchanged, haproxy-connection-lost', '0 changed, 2 unchanged, ']);
  });

  test('then silence: a problem after the time-out', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    proxy.passOnly(700, 'silence');
    const clock = new VirtualClock();
    const target = targetAt(proxy.address, { clock, timeout: 3_000 });
    let settled = false;
    const applied = target.apply(wanted).finally(() => {
      settled = true;
    });
    while (!settled) await clock.advance(500);
    expect((await applied).problems).toEqual([
      {
        code: 'haproxy-timeout',
        message: `Expected a reply from tcp:127.0.0.1:${proxy.address.port} within 3000 ms, got none. HAProxy hangs, or a firewall drops the packets on the way; the next round tries again.`,
      },
    ]);
  });
});

describe('an apply that is called off', () => {
  test('ends at once with a problem, and the next one works', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    proxy.passOnly(0, 'silence');
    const target = targetAt(proxy.address);
    const calling = new AbortController();
    const applied = target.apply(wanted, { signal: calling.signal });
    await expect.poll(() => proxy.connections()).toBe(1);
    calling.abort(new Error('shutting down'));
    expect((await applied).problems).toEqual([
      { code: 'haproxy-aborted', message: `The exchange with tcp:127.0.0.1:${proxy.address.port} was aborted.` },
    ]);
    proxy.passOnly(Number.POSITIVE_INFINITY, 'close');
    expect((await target.apply(wanted)).problems).toEqual([]);
  });

  test('before it began, it connects to nothing', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02'])]);
    const target = targetAt(haproxy.socket);
    const report = await target.apply(wanted, { signal: AbortSignal.abort() });
    expect(report.problems).toMatchObject([{ code: 'haproxy-aborted' }]);
    expect(await weightOf(haproxy, 'shop', 'web-01')).toBe(1);
  });
});

/** Leaves a socket's file behind, as a process that was killed does. */
async function leaveStale(file: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(file, () => resolve()));
  // Closing removes the file of the name it listens at: another name stays.
  await rename(file, `${file}.kept`);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rename(`${file}.kept`, file);
}

/** Root may open everything: it does this as nobody. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
