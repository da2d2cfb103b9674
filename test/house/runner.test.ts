import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const RESULTS = pathToFileURL(path.join(ROOT, 'infra/dev/results.mjs')).href;

let suite = '';
afterEach(() => rmSync(suite, { recursive: true, force: true }));

/** Runs a suite of one file as CI runs the whole, and returns its closing line and exit code. */
function runSuite(
  text: string,
  env: NodeJS.ProcessEnv = {},
): { readonly line: string; readonly status: number | null } {
  // Inside the checkout, so that the suite finds vitest.
  suite = mkdtempSync(path.join(ROOT, 'node_modules/.suite-'));
  writeFileSync(path.join(suite, 'planted.test.js'), `import { expect, it } from 'vitest';\n${text}\n`);
  writeFileSync(
    path.join(suite, 'vitest.config.js'),
    "export default { test: { include: ['*.test.js'], exclude: [] } };",
  );
  const script = `import { close, runTests } from '${RESULTS}'; close(runTests([], ${JSON.stringify(suite)}));`;
  const result = spawnSync('node', ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { line: result.stdout.trim().split('\n').at(-1) ?? '', status: result.status };
}

const PASSING = "it('passes', () => expect(1).toBe(1));";

describe('the test runner', () => {
  it.each([
    { case: 'a passing test', text: PASSING, line: '1 passed, 0 failed', status: 0 },
    {
      case: 'a planted failing test',
      text: `${PASSING} it('fails', () => expect(1).toBe(2));`,
      line: '1 passed, 1 failed',
      status: 1,
    },
    { case: 'a file that cannot be loaded', text: "throw new Error('broken');", line: '0 passed, 1 failed', status: 1 },
    {
      case: 'an error outside of any test',
      text: `${PASSING} Promise.reject(new Error('stray'));`,
      line: '1 passed, 1 failed',
      status: 1,
    },
    {
      case: 'a skipped test in CI',
      text: `${PASSING} it.skip('nobody looked', () => undefined);`,
      env: { CI: '1' },
      line: '1 passed, 1 failed',
      status: 1,
    },
  ])('$case: $line', ({ text, env, line, status }) => {
    expect(runSuite(text, env)).toEqual({ line, status });
  });
});
