import { putService } from '@ballast/flow-manager';
import { until } from '@ballast/ovs-lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BRIDGE, ended, PveNode, pingDuring } from './node.ts';

const PLAIN = 'priority=0 actions=NORMAL';
let node: PveNode;
beforeAll(async () => {
  node = await PveNode.start();
  await node.makeCertificates();
});
afterAll(() => node.stop());
afterEach(async () => {
  await node.stopFlowManager();
  await node.reset();
});

describe('a bridge that carries guests while it is attached', () => {
  it('over TLS, as standalone: no packet is lost, coming and going', async () => {
    const before = [await node.settings(), await node.rows()];
    const target = await node.startFlowManager('leader');
    const args = ['--controller', target, ...node.tlsOf('pve1'), '--fail-mode', 'standalone'];
    let said = '';
    const coming = await pingDuring(node, async () => {
      said = (await node.attach(...args)).said;
    });
    expect(said).toContain(`${BRIDGE} is attached: fail_mode standalone, 8 rows.`);
    expect(coming.sent).toBeGreaterThan(60);
    expect(coming.lost).toBe(0);
    expect(node.balancer.switches()).toMatchObject([{ role: 'equal', openflow: '1.5', carries: 0 }]);
    expect(await node.rows()).toContain(`cookie=0xba11000000000001, ${PLAIN}`);
    expect(await node.attach(...args)).toEqual({
      code: 0,
      said: `${BRIDGE} is attached already and has its rows. Nothing was changed.\n`,
    });
    const going = await pingDuring(node, () => node.attach('--detach'));
    expect(going.lost).toBe(0);
    expect([await node.settings(), await node.rows()]).toEqual(before);
    expect(await node.fabric.vsctl(BRIDGE, 'get-ssl')).toBe('');
  });

  it('over TLS, as secure: what is lost is what was on its way in that moment', async () => {
    const before = [await node.settings(), await node.rows()];
    const target = await node.startFlowManager('leader');
    const args = ['--controller', target, ...node.tlsOf('pve1')];
    let said = '';
    const coming = await pingDuring(node, async () => {
      said = (await node.attach(...args)).said;
    });
    expect(said).toContain(`${BRIDGE} is attached: fail_mode secure, 8 rows.`);
    expect(coming.gap).toBeLessThan(1_000);
    expect(await node.fabric.vsctl(BRIDGE, 'get-fail-mode', BRIDGE)).toBe('secure\n');
    expect((await node.attach(...args)).said).toContain('Nothing was changed.');
    const going = await pingDuring(node, () => node.attach('--detach'));
    expect(going.gap).toBeLessThan(1_000);
    expect([await node.settings(), await node.rows()]).toEqual(before);
  });

  it('from one fail mode to the other and back', async () => {
    const target = await node.startFlowManager();
    const to = (mode: string): Promise<{ said: string }> =>
      node.attach('--controller', target, '--allow-plain', '--fail-mode', mode);
    const before = await node.settings();
    for (const mode of ['secure', 'standalone']) {
      const { gap } = await pingDuring(node, async () =>
        expect((await to(mode)).said).toContain(`fail_mode ${mode}, 8`),
      );
      expect(gap).toBeLessThan(1_000);
    }
    await node.attach('--detach');
    expect(await node.settings()).toBe(before);
  });
});

describe('where no flow manager serves the switch', () => {
  let before: readonly unknown[];
  beforeEach(async () => {
    before = [await node.settings(), await node.rows(), await node.fabric.vsctl(BRIDGE, 'get-ssl')];
  });
  const isAsBefore = async (): Promise<void> => {
    expect([await node.settings(), await node.rows(), await node.fabric.vsctl(BRIDGE, 'get-ssl')]).toEqual(before);
  };

  it('nobody listens: the bridge is what it was, and no packet was lost', async () => {
    const nowhere = `tls:${node.fabric.controlAddress}:9`;
    const { lost } = await pingDuring(node, async () => {
      const failed = await node.attach('--controller', nowhere, ...node.tlsOf('pve1'), '--timeout', '2');
      expect(failed.code).toBe(1);
      expect(failed.said).toContain(
        `attach.sh: No rows of a flow manager within 2 s: ${BRIDGE} is what it was before. ` +
          `ssl:${node.fabric.controlAddress}:9 is not connected`,
      );
    });
    expect(lost).toBe(0);
    await isAsBefore();
  });

  it('one listens with the certificate of a switch: it is not believed', async () => {
    const refusals: unknown[] = [];
    const target = await node.startFlowManager('pve1', { failed: (error) => refusals.push(error) });
    const failed = await node.attach('--controller', target, ...node.tlsOf('pve1'), '--timeout', '2');
    expect(failed.code).toBe(1);
    expect(refusals).toMatchObject([{ code: 'channel-tls' }, ...refusals.slice(1)]);
    expect(node.balancer.switches()).toEqual([]);
    await isAsBefore();
  });
});

describe('while no flow manager is there', () => {
  it.each([
    ['standalone', true],
    ['secure', false],
  ])('%s: rows stay; a switch that starts without them passes packets: %s', async (mode, passes) => {
    const target = await node.startFlowManager();
    await node.attach('--controller', target, '--allow-plain', '--fail-mode', mode);
    await node.stopFlowManager();
    expect(await pings()).toBe(true);
    await node.fabric.restart(BRIDGE);
    expect(await pings()).toBe(passes);
  });

  it('standalone: a switch that starts again comes back to it', async () => {
    const target = await node.startFlowManager();
    await node.attach('--controller', target, '--allow-plain', '--fail-mode', 'standalone');
    await node.fabric.restart(BRIDGE);
    await until(async () => (await node.rows()).length === 8, 'the rows');
    expect(await pings()).toBe(true);
  });
});

it('standalone: the flow manager hears of guests all the same', async () => {
  const [guest] = node.guests;
  const address = guest?.address ?? '';
  const target = await node.startFlowManager();
  node.registry.change((state) =>
    putService(state, {
      name: 'shop',
      vip: { address: node.fabric.network.address(100), port: 80 },
      protocol: 'tcp',
      algorithm: 'weighted',
      members: [{ guest: 101, address, port: 80 }],
    }),
  );
  await node.attach('--controller', target, '--allow-plain', '--fail-mode', 'standalone');
  if (guest !== undefined) await node.fabric.announce(guest);
  await until(() => node.registry.state.places.byAddress.get(address)?.at?.port === 11, 'the guest to be heard');
  expect(node.balancer.switches()[0]?.channel.packetIns).toBeGreaterThan(0);

  // Rows for services and their groups go, too.
  await node.stopFlowManager();
  expect(await node.fabric.ofctl(BRIDGE, 'dump-groups')).toContain('group_id=');
  await node.attach('--detach');
  expect(await node.rows()).toEqual([PLAIN]);
  expect(await node.fabric.ofctl(BRIDGE, 'dump-groups')).not.toContain('group_id=');
});

describe('ifreload', () => {
  /** The command that ifupdown2 makes of a bridge that is there already. */
  const reload = (extra: readonly string[]): Promise<{ code: number; said: string }> => {
    const cleared = 'auto_attach controller external-ids fail_mode flood_vlans ipfix mirrors netflow other_config';
    const commands = [
      `--may-exist add-br ${BRIDGE}`,
      `--if-exists clear bridge ${BRIDGE} ${cleared} protocols sflow`,
      `--if-exists clear interface ${BRIDGE} mtu_request external-ids other_config options`,
      ...extra,
    ];
    return node.run('sh', '-c', `IFACE=${BRIDGE}; ovs-vsctl -- ${commands.join(' -- ')}`);
  };
  const extraIn = (text: string): readonly string[] =>
    [...text.matchAll(/^ {4}ovs_extra (.*)$/gm)].map(([, line = '']) => line);

  it.each(['standalone', 'secure'])(
    '%s: with the lines that attach.sh prints the switch notices nothing',
    async (mode) => {
      const target = await node.startFlowManager();
      const args = ['--controller', target, '--allow-plain', '--fail-mode', mode];
      const lines = extraIn((await node.attach(...args)).said);
      const before = [(await node.settings()).split('\n').slice(1), node.balancer.switches()[0]?.peer];
      const { lost } = await pingDuring(node, async () => expect((await reload(lines)).code).toBe(0));
      expect(lost).toBe(0);
      expect([(await node.settings()).split('\n').slice(1), node.balancer.switches()[0]?.peer]).toEqual(before);
      expect(extraIn((await node.attach(...args, '--interfaces')).said)).toEqual(lines);
      expect((await node.attach(...args)).said).toContain('Nothing was changed.');
    },
  );

  it('without them the bridge is alone with old rows; --detach removes those', async () => {
    const target = await node.startFlowManager();
    await node.attach('--controller', target, '--allow-plain', '--fail-mode', 'standalone');
    await reload([]);
    expect(await node.rows()).toHaveLength(8);
    await node.attach('--detach');
    expect(await node.rows()).toEqual([PLAIN]);
  });
});

it('a dry run prints what is then done, and changes nothing', async () => {
  const target = await node.startFlowManager('leader');
  const args = ['--controller', target, ...node.tlsOf('pve1')];
  const before = [await node.settings(), await node.rows()];
  const commands = ({ said }: { said: string }): readonly string[] => said.match(/^\+ .*$/gm) ?? [];
  const dry = commands(await node.attach(...args, '--dry-run'));
  expect([await node.settings(), await node.rows()]).toEqual(before);
  expect(node.balancer.switches()).toEqual([]);
  expect(dry).toHaveLength(5);
  expect(commands(await node.attach(...args))).toEqual(dry);
});

async function pings(): Promise<boolean> {
  const [from, to] = node.guests;
  const args = ['netns', 'exec', from?.namespace ?? '', 'ping', '-n', '-c', '3', '-i', '0.2', '-W', '1'];
  const { said } = await ended('ip', [...args, to?.address ?? '']);
  return / [123] received/.test(said);
}
