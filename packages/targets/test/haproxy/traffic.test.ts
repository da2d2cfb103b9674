import { describe, expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { launched, targetAt } from '../support/launched.ts';
import { ask, count, webs } from '../support/traffic.ts';

const REQUESTS = 10_000;

describe('traffic through a real HAProxy', () => {
  test.each([{ weights: [1, 0.5, 0.25] }, { weights: [0.9, 0.9, 0.2] }, { weights: [0.05, 1, 0.3] }])(
    '10,000 requests spread as the weights $weights say',
    async ({ weights }) => {
      const members = await webs('web-01', 'web-02', 'web-03');
      const haproxy = await launched([{ name: 'shop', servers: members }]);
      const target = targetAt(haproxy.socket);
      const wanted = members.map(({ name }, index) => ({ guest: index, name, weight: weights[index] ?? 0 }));

      const report = await target.apply([anAssignment('shop', wanted)]);
      expect(report.problems).toEqual([]);

      const answers = await count(haproxy.ports['shop'] ?? 0, REQUESTS);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const { name, weight } of wanted) {
        expect(Math.abs((answers[name] ?? 0) / REQUESTS - weight / total)).toBeLessThan(0.02);
      }
      expect(Object.values(answers).reduce((sum, n) => sum + n, 0)).toBe(REQUESTS);
    },
  );

  test('a drained member gets no new request, finishes the one it has, and returns', async () => {
    const members = await webs('web-01', 'web-02');
    const [first] = members;
    const haproxy = await launched([{ name: 'shop', servers: members }]);
    const port = haproxy.ports['shop'] ?? 0;
    const target = targetAt(haproxy.socket);
    const assign = (state: 'ready' | 'drain') => [
      anAssignment('shop', [
        { guest: 1, name: 'web-01', state },
        { guest: 2, name: 'web-02' },
      ]),
    ];
    await target.apply(assign('ready'));

    first?.hold();
    const inFlight = [ask(port), ask(port)];
    await expect.poll(() => first?.started()).toBe(1);
    const report = await target.apply(assign('drain'));
    expect(report.problems).toEqual([]);
    expect(report.changed).toMatchObject([{ handle: 'shop/web-01', state: 'drain' }]);
    first?.release();
    expect((await Promise.all(inFlight)).sort()).toEqual(['web-01', 'web-02']);

    expect(await count(port, 1_000)).toEqual({ 'web-02': 1_000 });
    await target.apply(assign('ready'));
    const back = await count(port, 1_000);
    expect(back['web-01']).toBeGreaterThan(450);
  });

  test('weights that change under load lose no request', async () => {
    const members = await webs('web-01', 'web-02', 'web-03');
    const haproxy = await launched([{ name: 'shop', servers: members }]);
    const target = targetAt(haproxy.socket);
    let over = false;
    const load = count(haproxy.ports['shop'] ?? 0, 3_000).finally(() => {
      over = true;
    });

    let applied = 0;
    while (!over) {
      const wanted = members.map(({ name }, index) => ({
        guest: index,
        name,
        weight: index === applied % 3 ? 0.1 : 1,
        state: index === (applied + 1) % 3 ? ('drain' as const) : ('ready' as const),
      }));
      expect((await target.apply([anAssignment('shop', wanted)])).problems).toEqual([]);
      applied += 1;
    }

    expect(Object.values(await load).reduce((sum, n) => sum + n, 0)).toBe(3_000);
    expect(applied).toBeGreaterThan(10);
  });
});
