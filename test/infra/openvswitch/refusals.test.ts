import { chmod, copyFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BRIDGE, type Ended, ended, PveNode, SCRIPTS } from './node.ts';

const C = ['--controller', 'tcp:127.0.0.1'] as const;

describe('attach.sh refuses what it is asked for', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no bridge', [...C], 'Expected the name of a bridge, got none.'],
    ['two bridges', ['vmbr1', 'vmbr2', ...C], 'Expected one bridge, got vmbr1 and vmbr2.'],
    ['no controller', ['vmbr1'], 'Expected where a flow manager listens, got no --controller.'],
    ['an unknown option', ['vmbr1', '--contoller', 'x'], 'Expected a known option, got --contoller.'],
    ['an option without its value', ['vmbr1', '--controller'], 'Expected a value after --controller, got nothing.'],
    ['a target without scheme', ['vmbr1', '--controller', '10.0.0.5'], 'got 10.0.0.5.\n  Such as tls:10.0.0.5:6653'],
    ['a bare IPv6 address', ['vmbr1', '--controller', 'tls:fd00::5'], 'Put an IPv6 address in brackets: [fd00::5]'],
    [
      'a name',
      ['vmbr1', '--controller', 'tls:fm.example.com'],
      'Expected an address, got fm.example.com.\n  A name would be',
    ],
    ['an address out of range', ['vmbr1', '--controller', 'tls:10.0.0.256'], 'Expected an address, got 10.0.0.256.'],
    ['an address of five parts', ['vmbr1', '--controller', 'tls:10.0.0.1.2'], 'Expected an address, got 10.0.0.1.2.'],
    ['port 0', ['vmbr1', '--controller', 'tls:10.0.0.5:0'], 'Expected a port from 1 to 65535, got 0.'],
    ['port 70000', ['vmbr1', '--controller', 'tls:10.0.0.5:70000'], 'Expected a port from 1 to 65535, got 70000.'],
    [
      'one twice',
      ['vmbr1', ...C, '--standby', 'tcp:127.0.0.1:6653'],
      'Expected each flow manager once, got tcp:127.0.0.1:6653 twice.',
    ],
    [
      'plain text',
      ['vmbr1', '--controller', 'tcp:10.0.0.5'],
      'Expected TLS on the way to another machine, got tcp:10.0.0.5:6653.',
    ],
    [
      'an unknown fail mode',
      ['vmbr1', ...C, '--fail-mode', 'open'],
      'Expected --fail-mode to be secure or standalone, got open.',
    ],
    [
      'a rate below 100',
      ['vmbr1', ...C, '--rate-limit', '10'],
      'Expected --rate-limit to be a whole number of at least 100, got 10.',
    ],
    [
      'a time-out with a unit',
      ['vmbr1', ...C, '--timeout', '5s'],
      'Expected --timeout to be a whole number of at least 1, got 5s.',
    ],
  ];
  it.each(cases)('%s', async (_, args, message) => {
    const { code, said } = await ended(`${SCRIPTS}attach.sh`, args);
    expect(said).toContain(message);
    expect(said).toMatch(/\n {2}\S.*\n$/);
    expect(code).toBe(2);
  });

  it('no argument at all: it tells how it is used', async () => {
    const { code, said } = await ended(`${SCRIPTS}attach.sh`, []);
    expect(said).toContain('Usage: attach.sh BRIDGE');
    expect(code).toBe(2);
  });
});

describe('attach.sh refuses what it finds', () => {
  let node: PveNode;
  let nowhere: string;
  beforeAll(async () => {
    node = await PveNode.start();
    await node.makeCertificates();
    nowhere = `tls:${node.fabric.controlAddress}:9`;
  });
  afterAll(() => node.stop());
  afterEach(() => node.reset());
  const answer = async (args: readonly string[]): Promise<Ended & { readonly changed: boolean }> => {
    const state = async (): Promise<string> =>
      JSON.stringify([await node.settings(), await node.rows(), await vsctl('get-ssl')]);
    const before = await state();
    const { code, said } = await node.attach(...args);
    return { code, said, changed: (await state()) !== before };
  };
  const refusal = (message: string): unknown => ({ code: 2, said: expect.stringContaining(message), changed: false });
  const vsctl = (...args: readonly string[]): Promise<string> => node.fabric.vsctl(BRIDGE, ...args);
  const over = (...more: readonly string[]): readonly string[] => [
    '--controller',
    nowhere,
    ...node.tlsOf('pve1'),
    ...more,
  ];

  it('no Open vSwitch that runs', async () => {
    const { code, said } = await ended(`${SCRIPTS}attach.sh`, ['vmbr1', ...C], { OVS_RUNDIR: '/nowhere' });
    expect(said).toContain('Expected Open vSwitch to answer, got: ovs-vsctl: unix:/nowhere/db.sock');
    expect(code).toBe(2);
  });

  it('a bridge that there is not', async () => {
    const { said } = await node.run(`${SCRIPTS}attach.sh`, 'vmbr7', ...C);
    expect(said).toContain('Expected a bridge of Open vSwitch, got vmbr7.\n  Its bridges are: vmbr1');
  });

  it('a bridge of Linux', async () => {
    expect(await node.run('ip', 'link', 'add', 'vmbr8', 'type', 'bridge')).toMatchObject({ code: 0 });
    const { said } = await node.run(`${SCRIPTS}attach.sh`, 'vmbr8', ...C);
    expect(said).toContain('Expected a bridge of Open vSwitch, got vmbr8.\n  It is a Linux bridge');
  });

  it('a VLAN of a bridge', async () => {
    await vsctl('add-br', 'vlan20', BRIDGE, '20');
    const { said } = await node.run(`${SCRIPTS}attach.sh`, 'vlan20', ...C);
    expect(said).toContain('Expected a bridge of its own, got vlan20, a VLAN of vmbr1.\n  Attach vmbr1.');
    await vsctl('del-br', 'vlan20');
  });

  it("somebody else's controller", async () => {
    await vsctl('set-controller', BRIDGE, 'tcp:127.0.0.1:6633');
    expect(await answer(over())).toEqual(refusal('vmbr1 has a controller already: tcp:127.0.0.1:6633.'));
  });

  it('flows of others, where they would be deleted; where not, they stay', async () => {
    await node.fabric.ofctl(BRIDGE, 'add-flow', 'table=0,priority=5,arp,actions=NORMAL');
    expect(await answer(over())).toEqual(
      refusal('On the way to fail_mode secure all flows of vmbr1 are deleted, and 1 of them are not Ballast'),
    );
    const target = await node.startFlowManager();
    await node.attach('--controller', target, '--allow-plain', '--fail-mode', 'standalone');
    expect(await node.rows()).toContain('priority=5,arp actions=NORMAL');
    await node.attach('--detach');
    expect(await node.rows()).toEqual(expect.arrayContaining(['priority=5,arp actions=NORMAL']));
    await node.stopFlowManager();
  });

  it('a bridge that carries the node itself, with secure', async () => {
    await node.run('ip', 'addr', 'add', '10.77.0.1/24', 'dev', BRIDGE);
    await node.run('ip', 'link', 'set', BRIDGE, 'up');
    try {
      expect(await answer(over())).toEqual(
        refusal("vmbr1 carries this node's own addresses (10.77.0.1/24 on vmbr1): with fail_mode secure the node is"),
      );
      const dry = await node.attach(
        '--controller',
        'tls:10.77.0.2',
        ...node.tlsOf('pve1'),
        '--accept-cut-off',
        '--dry-run',
      );
      expect(dry.said).toContain('Warning: ssl:10.77.0.2:6653 is reached over vmbr1, so control is in band');
      expect(dry.said).toContain('type=primary connection_mode=in-band');
    } finally {
      await node.run('ip', 'addr', 'flush', 'dev', BRIDGE);
    }
  });

  it('the way to the flow manager over a port, with secure', async () => {
    await vsctl('add-port', BRIDGE, 'mgmt', '--', 'set', 'interface', 'mgmt', 'type=internal');
    await node.run('ip', 'addr', 'add', '10.78.0.1/24', 'dev', 'mgmt');
    await node.run('ip', 'link', 'set', 'mgmt', 'up');
    try {
      const args = ['--controller', 'tls:10.78.0.2', ...node.tlsOf('pve1'), '--accept-cut-off'];
      expect(await answer(args)).toEqual(
        refusal('The way to ssl:10.78.0.2:6653 leads over mgmt, a port of vmbr1: with fail_mode secure a switch'),
      );
    } finally {
      await vsctl('del-port', BRIDGE, 'mgmt');
    }
  });

  it('fail_mode secure of somebody else, where standalone is asked for', async () => {
    await vsctl('set-fail-mode', BRIDGE, 'secure');
    expect(await answer(over('--fail-mode', 'standalone'))).toEqual(
      refusal('vmbr1 has fail_mode secure already, and to change that deletes its flows.'),
    );
  });

  it('TLS without files', async () => {
    expect(await answer(['--controller', nowhere])).toEqual(
      refusal('Expected --ca, --cert and --key for a flow manager behind TLS, got no --ca.'),
    );
    expect(await answer(over('--key', '/nowhere.key'))).toEqual(
      refusal('Expected --key to name a file that there is, got /nowhere.key.'),
    );
  });

  it("files that do not fit: a flow manager's certificate, another's key, a key for all to read", async () => {
    const files = (ca: string, cert: string, key: string): readonly string[] => [
      '--controller',
      nowhere,
      '--ca',
      node.file(ca),
      '--cert',
      node.file(cert),
      '--key',
      node.file(key),
    ];
    expect(await answer(files('ca.crt', 'leader.crt', 'leader.key'))).toEqual(
      refusal('Expected a certificate for a switch, got '),
    );
    expect(await answer(files('ca.crt', 'pve1.crt', 'leader.key'))).toEqual(refusal('leader.key to be the key of'));
    await copyFile(node.file('pve1.key'), node.file('open.key'));
    await chmod(node.file('open.key'), 0o644);
    expect(await answer(files('ca.crt', 'pve1.crt', 'open.key'))).toEqual(
      refusal('Expected a key that its owner alone can read, got'),
    );
  });

  it('other TLS files in use', async () => {
    await vsctl('set-ssl', '/a.key', '/a.crt', '/ca.crt');
    expect(await answer(over())).toEqual(refusal('Open vSwitch has other TLS files already: Private key: /a.key'));
    expect((await node.attach(...over('--replace-ssl', '--dry-run'))).said).toContain('+ ovs-vsctl set-ssl');
  });
});

describe('certificates.sh refuses', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['nothing at all', [], 'Usage: certificates.sh authority DIR'],
    ['a certificate without an authority', ['switch', '/nowhere', 'pve1'], 'Expected /nowhere/ca.key, found none.'],
    [
      'a name with a slash',
      ['switch', '/nowhere', '../pve1'],
      'Expected a name of letters, digits, dots and hyphens, got ../pve1.',
    ],
    ['days that are none', ['authority', '/nowhere', '--days', '1y'], 'Expected --days to be a whole number, got 1y.'],
  ];
  it.each(cases)('%s', async (_, args, message) => {
    const { code, said } = await ended(`${SCRIPTS}certificates.sh`, args);
    expect(said).toContain(message);
    expect(code).toBe(2);
  });
});
