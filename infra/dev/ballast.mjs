// npm run -s ballast -- ARGS: the command line, from a checkout.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, install, ROOT } from './setup.mjs';

const main = path.join(ROOT, 'apps/cli/dist/main.js');
if (!existsSync(main)) {
  install();
  build();
}
// npm runs scripts in the repository's root; files named on the command line are meant from where the user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = main;
await import(main);
