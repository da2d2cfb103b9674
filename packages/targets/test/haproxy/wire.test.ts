import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PromptReader } from '../../src/haproxy/prompt-reader.ts';
import { parseServers } from '../../src/haproxy/servers.ts';
import { anAssignment } from '../support/assignments.ts';
import { aBackend, launched, targetAt } from '../support/launched.ts';
import { proxyTo } from '../support/proxy.ts';

describe('what is sent to a real HAProxy', () => {
  test('reads, writes what differs, reads back; over one connection', async () => {
    const haproxy = await launched([aBackend(['web-01', 'web-02', 'web-03'])]);
    const proxy = await proxyTo(haproxy.socket.path);
    const target = targetAt(proxy.address);
    const assign = (weight: number) => [
      anAssignment('shop', [
        { guest: 1, name: 'web-01', weight: 1 },
        { guest: 2, name: 'web-02', weight },
        { guest: 3, name: 'web-03', weight, state: 'drain' },
      ]),
    ];
    await target.apply(assign(0.5));
    const first = proxy.sent();
    await target.apply(assign(0.5));
    const second = proxy.sent().slice(first.length);
    await target.apply(assign(0.25));
    const third = proxy.sent().slice(first.length + second.length);

    const read = 'show info\nshow servers state shop\n';
    expect(first).toBe(
      `prompt\nset timeout cli 3600\n${read}` +
        'set server shop/web-01 weight 256\n' +
        'set server shop/web-02 weight 128\n' +
        'set server shop/web-03 state drain\n' +
        'set server shop/web-03 weight 128\n' +
        read,
    );
    expect(second).toBe(read);
    expect(third).toBe(`${read}set server shop/web-02 weight 64\nset server shop/web-03 weight 64\n${read}`);
    expect(proxy.connections()).toBe(1);
  });

  test('700 servers in one apply, more than are under way at once', async () => {
    const names = Array.from({ length: 700 }, (_, index) => `web-${index}`);
    const haproxy = await launched([aBackend(names)]);
    const target = targetAt(haproxy.socket);
    const members = names.map((name, guest) => ({ guest, name, weight: ((guest % 255) + 1) / 255 }));
    const report = await target.apply([anAssignment('shop', members)]);
    expect(report.problems).toEqual([]);
    expect(report.changed.length + report.unchanged).toBe(700);
    const read = await target.read([anAssignment('shop', members)]);
    for (const { guest, scaled } of read) expect(scaled).toBe(Math.round(((guest % 255) + 1) * (256 / 255)));
  });
});

describe('what HAProxy says', () => {
  test.each(['2.4.0', '2.6.12', '3.4.0'])('the servers of HAProxy %s', (version) => {
    const reply = readFileSync(new URL(`../golden/servers-${version}.txt`, import.meta.url), 'utf8');
    const web = { backend: 'shop', port: 8080, weight: 100, draining: false };
    expect(parseServers(reply, 'unix:/s')).toEqual([
      { ...web, server: 'web-01', address: '192.0.2.11', weight: 256 },
      { ...web, server: 'web-02', address: '192.0.2.12', draining: true },
      { ...web, server: 'web-03', address: '2001:db8::3', weight: 1, maintenance: 'configuration' },
      { ...web, server: 'web-04', address: '192.0.2.14', weight: 1, maintenance: 'administrator' },
      { ...web, server: 'web-05', address: '192.0.2.15', weight: 1 },
    ]);
  });

  const columns = 'be_name srv_name srv_addr srv_port srv_uweight srv_admin_state';
  test.each([
    ['nothing', '', '""'],
    ['another version of the format', `2\n# ${columns}\n`, '"2"'],
    ['a column less', '1\n# be_name srv_name\n', '"1"'],
    ['a line that ends early', `1\n# ${columns}\nshop web-01 192.0.2.1 80`, '"shop web-01 192.0.2.1 80"'],
    ['a weight that is no number', `1\n# ${columns}\nshop web-01 192.0.2.1 80 x 0`, '"shop web-01 192.0.2.1 80 x 0"'],
  ])('%s is no list of servers', (_, reply, got) => {
    expect(() => parseServers(reply, 'unix:/s')).toThrow(
      expect.objectContaining({
        code: 'haproxy-bad-reply',
        message: `Expected the reply of HAProxy to \`show servers state\` at unix:/s, got ${got}.`,
      }),
    );
  });

  test('columns that a later version adds are passed over', () => {
    const reply = `1\n# new ${columns} newer\n7 shop web-01 192.0.2.1 80 9 0 8\n`;
    expect(parseServers(reply, 'unix:/s')).toEqual([
      { backend: 'shop', server: 'web-01', address: '192.0.2.1', port: 80, weight: 9, draining: false },
    ]);
  });

  test('replies are the same however they are cut into chunks', () => {
    const reply = fc
      .string({ unit: fc.constantFrom('a', '>', ' ', '\n') })
      .filter((text) => !`${text}\n> `.slice(0, -3).includes('\n> ') && !text.endsWith('\n>'));
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(40)), (replies, cuts) => {
        const stream = replies.map((text) => `${text}\n> `).join('');
        const expected = new PromptReader().push(stream);
        const reader = new PromptReader();
        const got: string[] = [];
        let at = 0;
        for (const length of cuts) {
          got.push(...reader.push(stream.slice(at, at + length)));
          at += length;
        }
        got.push(...reader.push(stream.slice(at)));
        expect(got).toEqual(expected);
        expect(got).toEqual(replies);
        expect(reader.rest).toBe('');
      }),
    );
  });
});
