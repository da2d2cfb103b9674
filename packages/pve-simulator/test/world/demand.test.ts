import { describe, expect, it } from 'vitest';
import { askedCores, type DailyDemand, demandRatio, type TraceDemand } from '../../src/world/demand.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const curve: DailyDemand = { kind: 'daily', base: 0.1, amplitude: 0.6, peak: 15 * HOUR, noise: 0 };
const trace: TraceDemand = {
  kind: 'trace',
  samples: [0.2, 0.8, 0.4],
  scale: 1,
  interval: 300_000,
  start: DAY,
  interpolate: false,
};

describe('demand', () => {
  it('is highest at its peak and lowest half a day later', () => {
    expect(demandRatio(curve, 1, 1, 15 * HOUR)).toBeCloseTo(0.7);
    expect(demandRatio(curve, 1, 1, 3 * HOUR)).toBeCloseTo(0.1);
    expect(demandRatio(curve, 1, 1, 15 * HOUR + 5 * DAY)).toBeCloseTo(0.7);
  });

  it('has noise within its bound, other for each guest and seed, the same for the same', () => {
    const noisy = { ...curve, noise: 0.05 };
    const times = Array.from({ length: 500 }, (_, i) => i * 37_000);
    const off = times.map((at) => demandRatio(noisy, 1, 7, at) - demandRatio(curve, 1, 7, at));
    expect(Math.max(...off.map(Math.abs))).toBeLessThanOrEqual(0.05 + 1e-9);
    expect(Math.max(...off)).toBeGreaterThan(0.02);
    expect(demandRatio(noisy, 1, 7, 37_000)).toBe(demandRatio(noisy, 1, 7, 37_000));
    expect(demandRatio(noisy, 1, 7, 37_000)).not.toBe(demandRatio(noisy, 2, 7, 37_000));
    expect(demandRatio(noisy, 1, 7, 37_000)).not.toBe(demandRatio(noisy, 1, 8, 37_000));
  });

  it('spikes about as often as it is told to', () => {
    const spiky = { ...curve, amplitude: 0, spikes: { chance: 0.1, ratio: 0.5 } };
    const slots = Array.from({ length: 5000 }, (_, i) => demandRatio(spiky, 1, 3, i * 300_000));
    const share = slots.filter((ratio) => ratio > 0.5).length / slots.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
  });

  it.each([
    { offset: 0, want: 0.2 },
    { offset: 299_999, want: 0.2 },
    { offset: 300_000, want: 0.8 },
    { offset: 900_000, want: 0.2 },
    { offset: -1, want: 0.4 },
  ])('replays a trace: $want at $offset ms', ({ offset, want }) => {
    expect(demandRatio(trace, 1, 1, DAY + offset)).toBe(want);
  });

  it('draws straight lines between samples when told to, and scales', () => {
    expect(demandRatio({ ...trace, interpolate: true }, 1, 1, DAY + 150_000)).toBeCloseTo(0.5);
    expect(demandRatio({ ...trace, scale: 2 }, 1, 1, DAY)).toBeCloseTo(0.4);
    expect(demandRatio({ ...trace, samples: [] }, 1, 1, DAY)).toBe(0);
  });

  it('adds traffic, up to the vCPUs', () => {
    const guest = { id: 1, vcpus: 4, demand: { kind: 'constant', ratio: 0.5 } as const, trafficCores: 1.5 };
    expect(askedCores(guest, 1, 0)).toBeCloseTo(3.5);
    expect(askedCores({ ...guest, trafficCores: 9 }, 1, 0)).toBe(4);
    expect(askedCores({ ...guest, trafficCores: -9 }, 1, 0)).toBe(2);
  });
});
