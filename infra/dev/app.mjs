// npm run -s ballast -- ARGS, npm run -s flow-manager -- ARGS: a program of apps/, from a checkout.
import path from 'node:path';
import { build, install, isBuilt, ROOT } from './setup.mjs';

const [, , app = ''] = process.argv;
const main = path.join(ROOT, 'apps', app, 'dist/main.js');
install();
if (!isBuilt()) build();
// npm runs scripts in the repository's root; files named on the command line are meant from where the user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
// As if it had been started itself.
process.argv.splice(1, 2, main);
await import(main);
