import { VirtualClock } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { Saver } from '../src/state/saver.ts';

/** A disk that does what the test says, and what was written to it. */
class Disk {
  readonly clock = new VirtualClock();
  readonly written: number[] = [];
  readonly outcomes: string[] = [];
  value = 0;
  fault: Error | undefined;
  /** Set: writes wait for it. */
  held: Promise<void> | undefined;
  readonly saver = new Saver({
    clock: this.clock,
    save: async () => {
      const { value } = this;
      await this.held;
      if (this.fault !== undefined) throw this.fault;
      this.written.push(value);
    },
    tried: (error) => this.outcomes.push(error === undefined ? 'saved' : 'failed'),
  });

  change(value: number): void {
    this.value = value;
    this.saver.note();
  }
}

const FULL = new Error('no space is left');

test('changes of one turn are one save, and those that come during it are the next', async () => {
  const disk = new Disk();
  let release = (): void => undefined;
  disk.held = new Promise((resolve) => {
    release = resolve;
  });
  for (const value of [1, 2, 3]) disk.change(value);
  await new Promise((resolve) => setImmediate(resolve));
  for (const value of [4, 5]) disk.change(value);
  const kept = disk.saver.kept();
  release();
  await kept;
  expect(disk.written).toEqual([3, 5]);
  expect(disk.saver.problem()).toBeUndefined();
});

test('who has changed nothing waits for nothing', async () => {
  const disk = new Disk();
  await disk.saver.kept();
  disk.change(1);
  await disk.saver.kept();
  await disk.saver.kept();
  expect(disk.written).toEqual([1]);
});

describe('a disk that is full', () => {
  test('is told, keeps nobody waiting, and is tried again until it is not', async () => {
    const disk = new Disk();
    disk.fault = FULL;
    disk.change(1);
    await disk.saver.kept();
    expect(disk.saver.problem()).toBe('the state cannot be saved: no space is left');
    await disk.clock.advance(5_000);
    await turns();
    expect(disk.outcomes).toEqual(['failed', 'failed']);
    disk.fault = undefined;
    await disk.clock.advance(5_000);
    await turns();
    expect([disk.written, disk.outcomes.at(-1), disk.saver.problem()]).toEqual([[1], 'saved', undefined]);
  });

  test('is tried at once when something changes', async () => {
    const disk = new Disk();
    disk.fault = FULL;
    disk.change(1);
    await disk.saver.kept();
    disk.fault = undefined;
    disk.change(2);
    await disk.saver.kept();
    expect(disk.written).toEqual([2]);
  });
});

test('a disk that hangs holds up an answer for two seconds, and is told of after ten', async () => {
  const disk = new Disk();
  disk.held = new Promise(() => undefined);
  disk.change(1);
  let answered = false;
  const kept = disk.saver.kept().then(() => {
    answered = true;
  });
  await turns();
  await disk.clock.advance(1_900);
  expect(answered).toBe(false);
  await disk.clock.advance(100);
  await kept;
  expect(disk.saver.problem()).toBeUndefined();
  await disk.clock.advance(9_000);
  expect(disk.saver.problem()).toBe('the state has been waiting to be saved for 11 s');
});

test('the end saves what is left, and tries once where it cannot', async () => {
  const disk = new Disk();
  disk.change(1);
  await disk.saver.stop();
  expect(disk.written).toEqual([1]);
  const full = new Disk();
  full.fault = FULL;
  full.change(1);
  await full.saver.kept();
  await full.saver.stop();
  expect(full.outcomes).toEqual(['failed', 'failed']);
});

/** Lets what is due happen. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
