import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aMigration } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../src/html/markup.ts';
import { type PlanReportInput, renderPlan } from '../src/index.ts';
import { anyReport } from './arbitraries.ts';
import { aShopPlan, aShopReport } from './scenarios.ts';

/** Every text of a report replaced by one of its own making. */
function withTexts(input: PlanReportInput, text: (old: string) => string): PlanReportInput {
  const fixed = new Set<unknown>([
    'hot',
    'class',
    'code',
    'kind',
    'mode',
    'reason',
    'resource',
    'state',
    'status',
    'frozen',
  ]);
  const walk = (value: unknown, key: unknown): unknown => {
    if (typeof value === 'string') return fixed.has(key) ? value : text(value);
    if (Array.isArray(value)) return value.map((each) => walk(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]));
  };
  return walk(input, '') as PlanReportInput;
}

/** The tags of a page in their order, the values of their attributes left out. */
function tagsOf(page: string): readonly string[] {
  return (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe('the page', () => {
  const page = renderPlan(aShopReport(), 'html');

  it('stands alone: it names no address, loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/https?:|\/\/|\bsrc=|\bhref=|url\(|@import|<script|<link|<iframe|\son\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('shows a bar before and one after for each node and resource, as wide as the load', () => {
    const rows = page.split('<tr>').filter((row) => row.includes('class="load '));
    expect(rows).toHaveLength(3);
    const bars = (row: string): readonly string[] =>
      [...row.matchAll(/aria-label="(\w+): (\d+) %".*?class="fill (\w+)" width="(\d+)"/g)].map((m) =>
        m.slice(1).join(' '),
      );
    expect(bars(rows[0] ?? '')).toEqual(['before 93 hot 93', 'after 68 ok 68', 'before 61 ok 61', 'after 49 ok 49']);
    for (const row of rows) expect(bars(row)).toHaveLength(4);
  });

  it('is made for print as well, and for dark screens', () => {
    expect(page).toMatch(/@media print \{[^@]*color-scheme: light/);
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('print-color-adjust: exact');
  });

  it('has every tag that is opened closed', () => {
    const open: string[] = [];
    const strays: string[] = [];
    for (const [, closing, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z]\w*)([^>]*)>/g)) {
      if (closing === '/' && open.pop() !== name) strays.push(name);
      if (closing === '' && name !== 'meta' && !rest.endsWith('/')) open.push(name);
    }
    expect([...open, ...strays]).toEqual([]);
  });
});

describe('no name gets out of its place', () => {
  it('a hostile text changes no tag: the page of a report is built like that of the same report with tame texts', () => {
    fc.assert(
      fc.property(anyReport, (input) => {
        // Sentences are chosen by whether a text is there at all: the tame one is empty where the other is.
        const tame = withTexts(input, (old) => (escapeHtml(old) === '' ? '' : 'x'));
        expect(tagsOf(renderPlan(input, 'html'))).toEqual(tagsOf(renderPlan(tame, 'html')));
      }),
    );
  });

  it.each([
    ['<b>', '&lt;b&gt;'],
    [`"'&`, '&quot;&#39;&amp;'],
    ['a\u0000\u001b[31mb\u202Ec', 'a[31mbc'],
  ])('%j is written as %s', (text, expected) => {
    expect(escapeHtml(text)).toBe(expected);
  });
});

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

describe.skipIf(chromium === undefined)('in a browser', () => {
  it('shows hostile names as text, and makes no element of them', () => {
    const evil = `</title></style><script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;
    const step = aMigration(101, 'pve1', evil, { guestName: evil, why: [evil] });
    const page = renderPlan(aShopReport({ cluster: evil, plan: aShopPlan({ steps: [step] }), notes: [evil] }), 'html');
    const directory = mkdtempSync(join(tmpdir(), 'ballast-report-'));
    try {
      const file = join(directory, 'plan.html');
      writeFileSync(file, page);
      const args = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${directory}`, '--dump-dom'];
      const dom = execFileSync(chromium ?? '', [...args, `file://${file}`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString();
      expect(dom).toContain('<h1>Plan: 1 migration');
      expect(dom).not.toMatch(/<script|<img/);
      expect(dom).not.toContain('<title>owned');
      expect(dom).toContain('&lt;script&gt;');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
