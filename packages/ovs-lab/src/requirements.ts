import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SCHEMA, SEARCH_PATH } from './system.ts';

/** Whether a fabric can be had; if not, why, and what to do about it: a sentence each. */
export type Feasibility =
  | { readonly possible: true }
  | { readonly possible: false; readonly reason: string; readonly hint: string };

/** What is asked of a machine; replaced in tests. */
export interface Machine {
  readonly uid: number | undefined;
  /** The effective capabilities of this process, as /proc/self/status has them. */
  readonly capabilities: bigint;
  exists(file: string): boolean;
  hasProgram(name: string): boolean;
}

/** Programs, and the Debian packages that bring them. */
const PROGRAMS = [
  ['ovs-vswitchd', 'openvswitch-switch'],
  ['ovsdb-server', 'openvswitch-switch'],
  ['ovs-vsctl', 'openvswitch-switch'],
  ['ovs-ofctl', 'openvswitch-common'],
  ['ip', 'iproute2'],
  ['ethtool', 'ethtool'],
  ['setpriv', 'util-linux'],
] as const;

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** Whether namespaces and Open vSwitch with its userspace datapath can be had here, by this user. */
export function canHaveFabric(machine: Machine = thisMachine()): Feasibility {
  const missing = PROGRAMS.filter(([program]) => !machine.hasProgram(program));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, name]) => name))].join(' ');
    return no(
      `Expected the programs ${missing.map(([program]) => program).join(', ')}, found none of that name.`,
      `Install them (Debian: \`sudo apt-get install -y --no-install-recommends ${packages}\`).`,
    );
  }
  if (machine.uid !== 0) return no('Network namespaces and switches need root.', 'Run it as root, or with `sudo`.');
  const lacking = [CAP_NET_ADMIN, CAP_SYS_ADMIN].some((bit) => ((machine.capabilities >> bit) & 1n) === 0n);
  if (lacking) {
    return no(
      'This root may not make network namespaces.',
      'In a container, start it with `--privileged`, or use a virtual machine.',
    );
  }
  if (!machine.exists(SCHEMA)) {
    return no(
      `Expected the database schema of Open vSwitch at ${SCHEMA}.`,
      'Reinstall the package openvswitch-common.',
    );
  }
  if (!machine.exists('/dev/net/tun')) {
    return no(
      'There is no /dev/net/tun, which bridges in userspace need.',
      'Load it with `modprobe tun`; in a container, pass it with `--device /dev/net/tun`.',
    );
  }
  return { possible: true };
}

function no(reason: string, hint: string): Feasibility {
  return { possible: false, reason, hint };
}

function thisMachine(): Machine {
  return {
    uid: process.getuid?.(),
    capabilities: ownCapabilities(),
    exists: existsSync,
    hasProgram: (name) => SEARCH_PATH.split(':').some((place) => existsSync(path.join(place, name))),
  };
}

/** None on a system without /proc. */
function ownCapabilities(): bigint {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  } catch {
    return 0n;
  }
}
