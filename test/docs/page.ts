import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export function readPage(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

export function exists(name: string): boolean {
  return existsSync(path.join(ROOT, name));
}

/** The cells of every row of a page's tables, without headings and rules. */
export function rowsOf(page: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const isRule = (line: string | undefined): boolean => /^\|[\s|:-]+\|$/.test(line ?? '');
  return lines
    .filter((line, i) => line.startsWith('|') && !isRule(line) && !isRule(lines[i + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

/** Paths of test files that a text names. */
export function testsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:packages|apps|test)\/[\w./-]+\.test\.ts/g)].map(([file]) => file);
}
