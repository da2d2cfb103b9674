import { eventLoopTurns } from '@ballast/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Ticker } from '../src/rounds/ticker.ts';

afterEach(() => void vi.useRealTimers());

describe('a ticker', () => {
  it('skips and counts the ticks that find a round still at work, and never stacks them', async () => {
    let started = 0;
    let skipped = 0;
    let finish: () => void = () => undefined;
    const job = (): Promise<void> => {
      started += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const ticker = new Ticker('* * * * * *', job, () => {
      skipped += 1;
    });
    ticker.tick();
    ticker.tick();
    ticker.tick();
    expect({ started, skipped }).toEqual({ started: 1, skipped: 2 });
    finish();
    await eventLoopTurns();
    ticker.tick();
    expect({ started, skipped }).toEqual({ started: 2, skipped: 2 });
    finish();
    await ticker.stop();
  });

  it('goes on after a round that threw', async () => {
    let started = 0;
    const ticker = new Ticker(
      '* * * * * *',
      () => {
        started += 1;
        return Promise.reject(new Error('boom'));
      },
      () => undefined,
    );
    ticker.tick();
    await eventLoopTurns();
    ticker.tick();
    expect(started).toBe(2);
    await ticker.stop();
  });

  it('runs on a cron expression with seconds, and not after it was stopped', async () => {
    vi.useFakeTimers();
    let runs = 0;
    const count = async (): Promise<void> => {
      runs += 1;
    };
    const ticker = new Ticker('*/2 * * * * *', count, () => undefined);
    ticker.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(5);
    await ticker.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(5);
  });

  it('counts a tick that was missed as skipped, and leaves the console alone', async () => {
    vi.useFakeTimers();
    const warn = vi.spyOn(console, 'warn');
    const skipped: string[] = [];
    const ticker = new Ticker(
      '*/2 * * * * *',
      () => Promise.resolve(),
      (why) => skipped.push(why),
    );
    ticker.start();
    await vi.advanceTimersByTimeAsync(4_000);
    // The process is held up: the clock has moved on when its timers are looked at again.
    vi.setSystemTime(Date.now() + 7_000);
    await vi.advanceTimersByTimeAsync(4_000);
    await ticker.stop();
    expect(skipped.length).toBeGreaterThan(0);
    expect(new Set(skipped)).toEqual(new Set(['missed']));
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('waits for the round at work when it stops', async () => {
    let finish: () => void = () => undefined;
    const ticker = new Ticker(
      '* * * * * *',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
      () => undefined,
    );
    ticker.tick();
    let stopped = false;
    const stop = ticker.stop().then(() => {
      stopped = true;
    });
    await eventLoopTurns();
    expect(stopped).toBe(false);
    finish();
    await stop;
  });
});
