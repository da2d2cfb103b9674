import { describe, expect, it } from 'vitest';
import { exists, readPage, rowsOf, testsIn } from './page.ts';

const rows = rowsOf(readPage('docs/promises.md')).map(
  ([number = '', promise = '', holds = '', kept = '', shown = '']) => ({
    number,
    promise,
    holds,
    sources: kept.split(', '),
    tests: testsIn(shown),
  }),
);

describe('docs/promises.md', () => {
  it('numbers its promises', () => {
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 14 }, (_, i) => String(i + 1)));
  });

  it.each(rows)('$number: $promise', ({ holds, sources, tests }) => {
    expect(holds).toMatch(/^(yes$|in part: |not yet: )/);
    expect(tests.length > 0).toBe(!holds.startsWith('not yet'));
    expect([...sources, ...tests].filter((file) => !exists(file))).toEqual([]);
    expect(sources.filter((file) => !/^(?:packages|apps)\/[\w-]+\/src\/.+\.ts$/.test(file))).toEqual([]);
  });
});
