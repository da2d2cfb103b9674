import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPlan } from '../src/index.ts';
import { anyReport } from './arbitraries.ts';

/** Cells of a line of a table; a bar behind a backslash is text. */
function cellsOf(line: string): number {
  return line.replaceAll(/\\./g, '').split('|').length - 2;
}

/** Rows of tables with more or fewer cells than the head of their table. */
function raggedRows(text: string): readonly string[] {
  const tables = text.split(/^(?!\|).*$/m).map((table) => table.split('\n').filter((line) => line !== ''));
  return tables.flatMap(([head = '', ...rows]) => rows.filter((row) => cellsOf(row) !== cellsOf(head)));
}

describe('Markdown', () => {
  it('keeps its tables rectangular and lets no name make markup', () => {
    fc.assert(
      fc.property(anyReport, (input) => {
        const text = renderPlan(input, 'markdown');
        expect(raggedRows(text)).toEqual([]);
        const tame = text.replaceAll(/\\./g, '');
        expect(tame.replace(/<sub>|<\/sub>/g, '')).not.toMatch(/<|\]\(|`/);
        expect(
          tame
            .match(/^#+ .*/gm)
            ?.filter(
              (line) =>
                !/^(## Balance of|### (Migrations|Nodes|Stay hot|Stay broken|Blocked guests|Weights)$)/.test(line),
            ) ?? [],
        ).toEqual([]);
      }),
    );
  });
});
