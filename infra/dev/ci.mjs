// What CI runs: every check, then every test. Each check counts as one test in the closing line.
import { ensureServers, SERVERS } from './debian.mjs';
import { close, runTests } from './results.mjs';
import { build, install, run, say } from './setup.mjs';

const CHECKS = ['format', 'lint', 'types', 'layers', 'deadcode'];

install();
ensureServers(Object.keys(SERVERS));
build();
const failedChecks = CHECKS.filter((check) => {
  say(`\n== ${check}`);
  return run('npm', ['run', '--silent', check]) !== 0;
});
const tests = runTests();
if (failedChecks.length > 0) say(`\nFailed checks: ${failedChecks.join(', ')}`);
close({
  ...tests,
  passed: tests.passed + CHECKS.length - failedChecks.length,
  failed: tests.failed + failedChecks.length,
});
