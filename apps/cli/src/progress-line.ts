import type { Output } from './io.ts';

/** One line that is written over again and again on a terminal; nothing at all elsewhere. */
export function progressLine(output: Output): { show(text: string): void; end(): void } {
  const CLEAR = '\r\u001b[2K';
  let shown = '';
  return {
    show: (text) => {
      if (!output.isTTY || text === shown) return;
      shown = text;
      output.write(`${CLEAR}${text.slice(0, (output.columns ?? 80) - 1)}`);
    },
    end: () => {
      if (shown !== '') output.write(CLEAR);
      shown = '';
    },
  };
}
