import { clamp, type Ratio } from '@ballast/core';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export interface BarOptions {
  /** Blocks to an eighth of a column; else `#` and `.`. True by default. */
  readonly unicode?: boolean;
}

/** A bar of exactly `width` columns, at least one, `ratio` of it filled. A ratio above 1 fills it; one above 0 shows. */
export function bar(ratio: Ratio, width: number, options: BarOptions = {}): string {
  const share = Number.isFinite(ratio) ? clamp(ratio, 0, 1) : 0;
  if (!(options.unicode ?? true)) {
    const full = share > 0 ? Math.max(1, Math.round(share * width)) : 0;
    return '#'.repeat(full) + '.'.repeat(Math.max(0, width - full));
  }
  const eighths = share > 0 ? Math.max(1, Math.round(share * width * 8)) : 0;
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return filled + '░'.repeat(Math.max(0, width - filled.length));
}
