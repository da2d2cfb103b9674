// npm run sim: searches seeds of the simulation for one that breaks a promise. Arguments go to test/simulation/main.ts.
import { install, run } from './setup.mjs';

install();
process.exitCode = run('tsx', ['--conditions=source', 'test/simulation/main.ts', ...process.argv.slice(2)]);
