// npm run bench:NAME: runs test/bench/NAME.ts on the sources.
import { build, fail, install, run } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
if (!name) fail('Expected the name of a benchmark, such as haproxy.');
install();
build();
process.exitCode = run('tsx', ['--expose-gc', `test/bench/${name}.ts`, ...args]);
