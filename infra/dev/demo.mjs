// npm run demo: installs and builds what it needs, then shows the main line on a simulated cluster.
import { ensureServers } from './debian.mjs';
import { build, install, run } from './setup.mjs';

install();
ensureServers(['haproxy']);
build();
process.exitCode = run('node', ['apps/demo/dist/main.js', ...process.argv.slice(2)]);
