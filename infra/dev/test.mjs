// npm test: installs what it needs, then runs every test. Arguments go to vitest.
import { ensureServers, SERVERS } from './debian.mjs';
import { close, runTests } from './results.mjs';
import { build, install } from './setup.mjs';

install();
ensureServers(Object.keys(SERVERS));
build();
close(runTests(process.argv.slice(2)));
