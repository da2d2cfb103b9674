// Servers that the tests and the demo run against are Debian packages.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly, say } from './setup.mjs';

/** Program, or module of Python -> the Debian package that brings it. */
export const SERVERS = {
  haproxy: 'haproxy',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  openssl: 'openssl',
  python3: 'python3',
  proxmoxer: 'python3-proxmoxer',
  curl: 'curl',
  'osken-manager': 'python3-os-ken',
  'systemd-notify': 'systemd',
  shellcheck: 'shellcheck',
  chromium: 'chromium',
  'ovs-ofctl': 'openvswitch-common',
  'ovs-vswitchd': 'openvswitch-switch',
  ip: 'iproute2',
  ethtool: 'ethtool',
  ping: 'iputils-ping',
  'redis-server': 'redis-server',
};

// Debian puts servers where an ordinary user's PATH does not look, and Python's modules into a folder of their own.
const PLACES = [
  ...(process.env.PATH ?? '').split(path.delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/lib/python3/dist-packages',
];

export function isInstalled(program) {
  return PLACES.some((place) => place !== '' && existsSync(path.join(place, program)));
}

/** Installs the packages of the programs that are missing when it may; returns the programs still missing. */
export function ensureServers(programs) {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((program) => SERVERS[program]))];
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!isInstalled('apt-get')) {
    say(`Not found: ${missing.join(', ')}. Install them with your system's package tool.`);
  } else if (process.getuid?.() !== 0) {
    say(`Not found: ${missing.join(', ')}. To install them, type:\n\n    sudo ${line}\n`);
  } else {
    say(`Installing ${packages.join(', ')} (${line})...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const [program, ...args] = line.split(' ');
    // An old package list may name versions that are gone: refresh it when the first try fails.
    const tries = () => runQuietly(program, args, { env });
    if (tries() !== 0 && runQuietly('apt-get', ['update'], { env }) === 0) tries();
  }
  return programs.filter((program) => !isInstalled(program));
}
