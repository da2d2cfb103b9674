import { describe, expect, it } from 'vitest';
import { canHaveFabric, type Machine } from '../src/index.ts';

const ALL = (1n << 41n) - 1n;

function aMachine(fields: Partial<Machine> = {}): Machine {
  return { uid: 0, capabilities: ALL, exists: () => true, hasProgram: () => true, ...fields };
}

describe('whether a fabric can be had', () => {
  it('can, on a machine that has everything', () => {
    expect(canHaveFabric(aMachine())).toEqual({ possible: true });
  });

  it.each<{ case: string; machine: Partial<Machine>; reason: string; hint: string }>([
    {
      case: 'an ordinary user',
      machine: { uid: 1000 },
      reason: 'Network namespaces and switches need root.',
      hint: 'Run it as root, or with `sudo`.',
    },
    { case: 'a system without users', machine: { uid: undefined }, reason: 'need root', hint: '`sudo`' },
    {
      case: 'no Open vSwitch',
      machine: { hasProgram: (name) => !name.startsWith('ovs') },
      reason: 'Expected the programs ovs-vswitchd, ovsdb-server, ovs-vsctl, ovs-ofctl, found none of that name.',
      hint: '`sudo apt-get install -y --no-install-recommends openvswitch-switch openvswitch-common`',
    },
    {
      case: 'no Open vSwitch, and an ordinary user: what has to be installed comes first',
      machine: { uid: 1000, hasProgram: (name) => name !== 'ovs-vswitchd' },
      reason: 'Expected the programs ovs-vswitchd, found',
      hint: '`sudo apt-get install -y --no-install-recommends openvswitch-switch`',
    },
    {
      case: 'no iproute2 and no ethtool',
      machine: { hasProgram: (name) => name !== 'ip' && name !== 'ethtool' },
      reason: 'Expected the programs ip, ethtool,',
      hint: 'iproute2 ethtool`',
    },
    {
      case: 'root of a container without the right to make network namespaces',
      machine: { capabilities: ALL & ~(1n << 12n) },
      reason: 'This root may not make network namespaces.',
      hint: '`--privileged`',
    },
    { case: 'no SYS_ADMIN', machine: { capabilities: ALL & ~(1n << 21n) }, reason: 'may not', hint: 'privileged' },
    {
      case: 'no schema',
      machine: { exists: (file) => !file.endsWith('.ovsschema') },
      reason: 'Expected the database schema of Open vSwitch at /usr/share/openvswitch/vswitch.ovsschema.',
      hint: 'openvswitch-common',
    },
    {
      case: 'no tun device',
      machine: { exists: (file) => file !== '/dev/net/tun' },
      reason: 'There is no /dev/net/tun',
      hint: '`modprobe tun`',
    },
  ])('cannot: $case', ({ machine, reason, hint }) => {
    const found = canHaveFabric(aMachine(machine));
    expect(found).toMatchObject({ possible: false });
    expect(found).toHaveProperty('reason', expect.stringContaining(reason));
    expect(found).toHaveProperty('hint', expect.stringContaining(hint));
  });
});
