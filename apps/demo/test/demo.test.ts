import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { hasArrived } from '@ballast/core';
import { expect, it } from 'vitest';
import { demoConfig } from '../src/config.ts';
import { displayOn } from '../src/display.ts';
import { livingOf } from '../src/fabric/result.ts';
import { Play } from '../src/play.ts';
import { setStage } from '../src/stage.ts';
import type { Stretch } from '../src/summary.ts';

// The demo is the first thing that anybody runs: it is run here, at its shortest.
const PACE = { duration: 30_000, before: 5_000, after: 8_000, stay: false };

async function play(options: { readonly fabric: boolean }): ReturnType<Play['run']> {
  const state = mkdtempSync(path.join(tmpdir(), 'ballast-demo-test-'));
  const stage = await setStage(1, options);
  try {
    const output = new PassThrough().resume() as unknown as NodeJS.WriteStream;
    const signal = new AbortController().signal;
    return await new Play(stage, demoConfig(stage, state), displayOn(output, false), signal).run(PACE);
  } finally {
    await stage.stop();
    rmSync(state, { recursive: true });
  }
}

it('balances the cluster and loses no request', { timeout: 120_000 }, async () => {
  const { text, success } = await play({ fabric: false });
  expect(text).toContain('Balanced: no node is above its threshold, and no request failed.');
  expect(text).toMatch(/HAProxy \d/);
  expect(text).toMatch(/Migrations: [1-9]/);
  expect(success).toBe(true);
});

it('does so on real switches, too, and leaves a guest that was killed', { timeout: 120_000 }, async () => {
  const { text, input } = await play({ fabric: true });
  expect(text).toContain('Balanced: no node is above its threshold, and no request failed.');
  const { fabric } = input;
  if (fabric === undefined) throw new Error('Expected a fabric.');
  expect(fabric.reasons).toEqual([]);
  expect(fabric.failed).toBe(0);
  expect(fabric.sent).toBeGreaterThan(2000);

  // A guest migrated, and its host with it; connections to it live, as all the others do.
  expect(livingOf(fabric)).toHaveLength(80);
  expect(fabric.relocations.map(({ guest, from, to }) => `${guest} ${from} ${to}`)).toEqual(
    input.migrations
      .filter(({ state }) => hasArrived(state))
      .map(({ step }) => `${step.guestName} ${step.from} ${step.to}`),
  );
  const moved = fabric.relocations[0]?.guest;
  expect(fabric.held.filter(({ guest }) => guest === moved).length).toBeGreaterThan(0);

  // The flow manager was told the operator's weights, and new connections follow them.
  const guests = Object.keys(input.origin).filter((guest) => input.origin[guest] === input.hot);
  const [before, after] = [partsOf(input.before, guests), partsOf(input.after, guests)];
  expect(before.asked).toBeCloseTo(1 / 3, 1);
  expect(after.asked).toBeLessThan(before.asked - 0.02);
  expect(Math.abs(after.got - after.asked)).toBeLessThan(0.08);

  // The bound itself, 100 ms after the window, is for a machine that has nothing else to do.
  const { failover } = fabric;
  if (failover === undefined) throw new Error('Expected a guest to have been killed.');
  expect(failover.lost).toBeGreaterThan(0);
  expect(failover.lastLost).toBeLessThan(failover.window + 1000);
  expect(text).toContain(`${failover.guest} killed: last new connection to it after`);
});

/** The part of new connections that went to these guests, and what their weights asked for. */
function partsOf({ fabric }: Stretch, guests: readonly string[]): { readonly got: number; readonly asked: number } {
  const samples = fabric?.samples ?? [];
  const there = samples.filter(({ guest }) => guest !== undefined && guests.includes(guest));
  const asked = guests.reduce((sum, guest) => sum + (fabric?.shares.get(guest) ?? 0), 0);
  return { got: there.length / samples.length, asked };
}
