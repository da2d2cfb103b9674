// npm run demo: installs and builds what it needs, then shows the main line on a simulated cluster.
import { ensureServers } from './debian.mjs';
import { build, install, run } from './setup.mjs';

const FABRIC = ['ovs-vswitchd', 'ovs-ofctl', 'ip', 'ethtool'];

install();
ensureServers(['haproxy', ...(process.argv.includes('--fabric') ? FABRIC : [])]);
build();
// Ctrl-C ends the demo, which then tells what it saw; whoever waits for it goes on waiting.
process.on('SIGINT', () => undefined);
process.exitCode = run('node', ['apps/demo/dist/main.js', ...process.argv.slice(2)]);
