import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLAIN, planDocument, renderPlan } from '../src/index.ts';
import { aBalancedReport, aShopReport, aStuckReport } from './scenarios.ts';

const text = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');

/** Paths of a document's fields: `steps[].guest.id`. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, path === '' ? key : `${path}.${key}`));
}

describe('docs/reports.md', () => {
  it('lists every field of the JSON document, and no other', () => {
    const section = text.slice(text.indexOf('## JSON'), text.indexOf('## Markdown'));
    const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
    const paths = new Set([aShopReport(), aStuckReport()].flatMap((input) => pathsOf(planDocument(input))));
    expect(new Set(listed)).toEqual(paths);
  });

  it.each([
    ['a plan', aShopReport()],
    ['nothing to do', aBalancedReport()],
  ])('shows the text of %s as it is', (_, input) => {
    expect(text).toContain(`\`\`\`text\n${renderPlan(input, 'text', PLAIN)}\`\`\``);
  });
});
