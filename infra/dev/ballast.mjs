// npm run -s ballast -- ARGS: the command line, from a checkout.
import path from 'node:path';
import { build, install, isBuilt, ROOT } from './setup.mjs';

const main = path.join(ROOT, 'apps/cli/dist/main.js');
install();
if (!isBuilt()) build();
// npm runs scripts in the repository's root; files named on the command line are meant from where the user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = main;
await import(main);
