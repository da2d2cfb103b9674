import { describe, expect, it } from 'vitest';
import { eventLoopTurns, T0, VirtualClock } from '../src/index.ts';

describe('a virtual clock', () => {
  it('stands still until it is moved, and wakes sleepers at their own instants', async () => {
    const clock = new VirtualClock();
    const woken: [string, number][] = [];
    const sleeper = (name: string, duration: number): void =>
      void clock.sleep(duration).then(() => woken.push([name, clock.now() - T0]));
    sleeper('late', 300);
    sleeper('early', 100);
    sleeper('also early', 100);
    await eventLoopTurns();
    expect(woken).toEqual([]);
    await clock.advance(250);
    expect(woken).toEqual([
      ['early', 100],
      ['also early', 100],
    ]);
    await clock.advance(50);
    expect(woken.at(-1)).toEqual(['late', 300]);
    expect(clock.now()).toBe(T0 + 300);
  });

  it('lets a sleeper that wakes sleep again within the same advance', async () => {
    const clock = new VirtualClock();
    let turns = 0;
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(10);
        turns += 1;
      }
    };
    void loop();
    await clock.advance(100);
    expect(turns).toBe(10);
  });

  it('ends the sleep of whoever is called off, with the reason', async () => {
    const clock = new VirtualClock();
    const ends = new AbortController();
    const sleep = clock.sleep(1000, ends.signal);
    ends.abort(new Error('stopped'));
    await expect(sleep).rejects.toThrow('stopped');
    await expect(clock.sleep(1, ends.signal)).rejects.toThrow('stopped');
    expect(clock.sleepers).toBe(0);
  });
});
