import { seededRandom } from '@ballast/core';
import { aMigration } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type Backend, responseTime, startBackend } from '../src/backends.ts';
import { draw, type Scene } from '../src/display.ts';
import { nextMember } from '../src/front.ts';
import { type Destination, Load } from '../src/load.ts';

const open: Backend[] = [];
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
});

async function aBackend(id: number, busy = 0): Promise<Backend> {
  const backend = await startBackend({ id, name: `web-${id}` }, () => busy, seededRandom(id));
  open.push(backend);
  return backend;
}

describe('a backend', () => {
  it('answers slower as its node fills up, and never so slowly that it hangs', () => {
    const times = [0, 0.5, 0.9, 0.97, 1.5].map((busy) => responseTime(busy, 0.99));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[2]).toBeGreaterThan(5 * (times[0] ?? 0));
    expect(times[4]).toBe(times[3]);
  });
});

describe('the load', () => {
  it('keeps its rate, and counts who answered and what failed', async () => {
    const [first, second] = [await aBackend(1), await aBackend(2)];
    let calls = 0;
    // Every tenth request goes to a port that nobody listens on.
    const route = (): Destination => {
      calls += 1;
      if (calls % 10 === 0) return { address: '127.0.0.1', port: 1 };
      return calls % 2 === 0 ? first : second;
    };
    const load = new Load(['shop'], 400, route);
    load.start();
    await expect.poll(() => load.sent).toBeGreaterThanOrEqual(200);
    await load.stop();
    expect(load.samples).toHaveLength(load.sent);
    expect(load.failed).toBe(Math.floor(load.sent / 10));
    expect(first.served() + second.served()).toBe(load.sent - load.failed);
  });
});

describe('the spreader that stands in for HAProxy', () => {
  it('follows the weights', async () => {
    const members = [await aBackend(1), await aBackend(2), await aBackend(3)];
    const credits = new Map<string, number>();
    const counts = new Map<number, number>();
    const weights = new Map([
      [1, 0.5],
      [2, 0.25],
      [3, 0],
    ]);
    for (let i = 0; i < 300; i++) {
      const { port } = nextMember(members, weights, credits);
      counts.set(port, (counts.get(port) ?? 0) + 1);
    }
    expect(members.map((member) => counts.get(member.port) ?? 0)).toEqual([200, 100, 0]);
  });
});

describe('the picture', () => {
  it('fits into 80 columns', () => {
    const step = aMigration(1, 'pve1', 'pve2', { guestName: 'payments-02' });
    const scene: Scene = {
      elapsed: 12.4,
      phase: 'balancing',
      cpu: { pve1: 0.94, pve2: 0.4 },
      high: 0.8,
      guests: { pve1: ['payments-01'], pve2: ['payments-02', 'payments-03'] },
      steps: [
        { step, state: 'running', progress: { ratio: 0.5 } },
        { step, state: 'failed', detail: 'a long story about a migration that did not come about, for many reasons' },
      ],
      weights: {
        snapshotId: 's',
        decidedAt: 0,
        services: [
          {
            service: 'payments',
            members: ['payments-01', 'payments-02', 'payments-03'].map((name, index) => ({
              member: { guest: index, name, port: 80 },
              weight: 0.5,
              state: index === 1 ? 'drain' : 'ready',
              factors: { base: 1, headroom: 1, pressure: 1, migration: 1, wanted: 0.5 },
            })),
          },
        ],
      },
      rate: 150,
      sent: 1000,
      failed: 0,
      fabric: { rate: 150, sent: 100_000, failed: 1234, open: 80 },
    };
    const lines = draw(scene, false).split('\n');
    expect(lines.filter((line) => Array.from(line).length > 80)).toEqual([]);
    expect(lines.join('\n')).toContain('payments-02 drain');
    expect(lines.join('\n')).toContain('0 failed');
    expect(lines.join('\n')).toContain('Fabric  150 req/s · 100000 sent · 1234 failed · 80 connections open');
  });
});
