import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SteadyTime } from '../src/index.ts';

const T0 = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

/** A machine whose time passes, and whose wall clock is set. */
function aMachine(): { time: SteadyTime; pass: (time: number) => void; set: (by: number) => void; wall: () => number } {
  let steady = 1000;
  let wall = T0;
  const time = new SteadyTime({ wall: () => wall, steady: () => steady });
  return {
    time,
    pass: (duration) => {
      steady += duration;
      wall += duration;
    },
    set: (by) => {
      wall += by;
    },
    wall: () => wall,
  };
}

describe('SteadyTime', () => {
  it('is the wall clock where that is not set', () => {
    const { time, pass } = aMachine();
    pass(MINUTE);
    expect(time.now()).toBe(T0 + MINUTE);
    expect(time.leaptAt()).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each([3600_000, -3600_000])('does not leap where it is set by %i ms, and goes after it', (by) => {
    const { time, pass, set, wall } = aMachine();
    set(by);
    expect(time.now()).toBe(T0);
    expect(time.leaptAt()).toBe(T0);
    pass(MINUTE);
    expect(time.now()).toBe(T0 + MINUTE + Math.sign(by) * 3000);
    expect(time.leaptAt()).toBe(T0);
    for (let hour = 0; hour < 20; hour++) pass(3_600_000);
    expect(time.now()).toBe(wall());
  });

  it('takes what NTP does for no leap', () => {
    const { time, pass, set, wall } = aMachine();
    for (let minute = 0; minute < 60; minute++) {
      pass(MINUTE);
      set(30); // 500 parts in a million
      expect(time.now()).toBe(wall());
    }
    expect(time.leaptAt()).toBe(Number.NEGATIVE_INFINITY);
  });

  it('sees that the machine was suspended, when its steady clock stood still', () => {
    const { time, pass, set } = aMachine();
    pass(MINUTE);
    const seenAt = time.now();
    set(600_000);
    pass(1000);
    expect(time.leaptAt()).toBeGreaterThan(seenAt);
  });

  it('never runs backwards, and counts every time right to a twentieth', () => {
    const steps = fc.array(
      fc.record({ pass: fc.integer({ min: 0, max: MINUTE }), set: fc.integer({ min: -MINUTE, max: MINUTE }) }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const { time, pass, set } = aMachine();
        for (const step of list) {
          const before = time.now();
          set(step.set);
          pass(step.pass);
          const passed = time.now() - before;
          expect(passed).toBeGreaterThanOrEqual(Math.floor(step.pass * 0.95));
          expect(passed).toBeLessThanOrEqual(Math.ceil(step.pass * 1.05));
        }
      }),
    );
  });
});
