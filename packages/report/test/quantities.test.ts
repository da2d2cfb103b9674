import { GIB, KIB, MIB } from '@ballast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, formatBytes, formatDuration } from '../src/index.ts';
import { formatAgainst } from '../src/quantities.ts';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1.5 * KIB, '1.5 KiB'],
    [1023.96 * MIB, '1.0 GiB'],
    [4 * GIB, '4.0 GiB'],
    [250 * GIB, '250 GiB'],
    [2048 * GIB, '2.0 TiB'],
    [-5, '0 B'],
  ])('%d', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('spans', () => {
  it.each([
    [0, '0 ms'],
    [50.4, '50 ms'],
    [999.6, '1 s'],
    [5_250, '5.3 s'],
    [59_600, '1 min'],
    [80_000, '1 min 20 s'],
    [3_599_800, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
  ])('%d', (span, text) => expect(formatDuration(span)).toBe(text));
});

describe('a ratio against its limit', () => {
  it.each([
    [0.93, 0.8, '93 %'],
    [0.8004, 0.8, '80.0 %'],
    [0.8, 0.8, '80 %'],
  ])('%d of %d', (ratio, limit, text) => expect(formatAgainst(ratio, limit)).toBe(text));
});

describe('a bar', () => {
  it('is exactly as wide as asked, whatever the ratio', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 1, max: 40 }), fc.boolean(), (ratio, width, unicode) => {
        expect(bar(ratio, width, { unicode })).toHaveLength(width);
      }),
    );
  });
  it.each([
    [0.5, '████░░░░', '####....'],
    [0.93, '███████▌', '#######.'],
    [0.001, '▏░░░░░░░', '#.......'],
    [2, '████████', '########'],
    [0, '░░░░░░░░', '........'],
  ])('%d', (ratio, blocks, ascii) => {
    expect(bar(ratio, 8)).toBe(blocks);
    expect(bar(ratio, 8, { unicode: false })).toBe(ascii);
  });
});
