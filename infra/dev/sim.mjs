// npm run sim, npm run sim:mutations: runs a program of test/simulation on the sources. Arguments go to it.
import { install, run } from './setup.mjs';

const [program, ...args] = process.argv.slice(2);
install();
process.exitCode = run('tsx', ['--conditions=source', `test/simulation/${program}.ts`, ...args]);
