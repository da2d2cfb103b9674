import { describe, expect, it } from 'vitest';
import { exists, readPage, rowsOf, testsIn } from './page.ts';

const rows = rowsOf(readPage('docs/bad-input.md')).map(([name = '', message = '', tests = '']) => ({
  name,
  message,
  tests: testsIn(tests),
}));

/** A message's words, in the pieces between dots, names in the shape of placeholders and the ends of code spans. */
function pieces(message: string): readonly string[] {
  return [...message.matchAll(/`([^`]+)`/g)]
    .flatMap(([, text = '']) => text.split('...'))
    .map((piece) => plain(piece.trim()))
    .filter((piece) => piece.length > 3);
}

/** Without what a string literal in a test writes in another way: quotes, backslashes, joins over lines. */
function plain(text: string): string {
  return text
    .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
    .replaceAll(/["'`\\]/g, '')
    .replaceAll(/\s+/g, ' ');
}

describe('docs/bad-input.md', () => {
  it('has at least 25 cases, each once', () => {
    expect(rows.length).toBeGreaterThanOrEqual(25);
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  });

  it.each(rows)('$name', ({ message, tests }) => {
    expect(pieces(message).length).toBeGreaterThan(0);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !exists(file))).toEqual([]);
    const shown = plain(tests.map(readPage).join('\n'));
    expect(pieces(message).filter((piece) => !shown.includes(piece))).toEqual([]);
  });
});
