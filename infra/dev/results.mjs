// Runs the tests and counts them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT, run } from './setup.mjs';

/**
 * Runs vitest over `root` and returns how many tests passed and failed.
 * A file that cannot be loaded, an error outside of any test, or an empty run counts as a failure.
 */
export function runTests(args = [], root = ROOT) {
  const file = path.join(ROOT, '.tmp', `results-${process.pid}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const status = run('vitest', [
    'run',
    '--root',
    root,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...args,
  ]);
  const counts = readCounts(file);
  rmSync(file, { force: true });
  if (status !== 0 && counts.failed === 0) return { ...counts, failed: 1 };
  return counts;
}

function readCounts(file) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const brokenFiles = results.testResults.filter(
      (f) => f.status === 'failed' && f.assertionResults.length === 0,
    ).length;
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + brokenFiles,
      skipped: results.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** The closing line; a skipped test is one nobody looked at, so it fails the run in CI. */
export function close({ passed, failed, skipped = 0 }) {
  const silent = process.env.CI && skipped > 0 ? skipped : 0;
  if (silent > 0) process.stdout.write(`${skipped} tests were skipped: in CI that is an error.\n`);
  process.stdout.write(`${passed} passed, ${failed + silent} failed\n`);
  process.exitCode = failed + silent === 0 && passed > 0 ? 0 : 1;
}
