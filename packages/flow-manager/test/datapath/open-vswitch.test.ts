import { type FlowRemoved, fieldValue, OFPCML_NO_BUFFER, OFPP_CONTROLLER, type PacketIn } from '@ballast/openflow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COOKIE_MARK, type ControllerHooks } from '../../src/index.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { apply, flow } from '../support/desired.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
let ports = 0;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

/** Names of ports are the machine's, too. */
function portName(): string {
  ports += 1;
  return `p${process.pid.toString(36)}x${ports}`;
}

test.each([
  ['OpenFlow13', 4],
  ['OpenFlow14', 5],
  ['OpenFlow15', 6],
  ['OpenFlow13,OpenFlow14,OpenFlow15', 6],
  ['OpenFlow10,OpenFlow13', 4],
])('a bridge that speaks %s introduces itself in version %i', async (protocols, version) => {
  await withController({}, async ({ controller }) => {
    const port = portName();
    const bridge = await ovs.bridge({ protocols, ports: [port] });
    await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
    const datapath = await onlySwitch(controller);
    const id = (await ovs.vsctl('get', 'bridge', bridge, 'datapath_id')).trim().replaceAll('"', '');
    expect(datapath.version).toBe(version);
    expect(datapath.name).toBe(`switch ${id}`);
    expect(datapath.description).toMatchObject({ manufacturer: 'Nicira, Inc.', hardware: 'Open vSwitch' });
    expect([...datapath.ports.values()].map(({ name }) => name).toSorted()).toEqual([bridge, port].toSorted());
    await ovs.vsctl('del-controller', bridge);
    await until(() => controller.datapaths.size === 0, 'the switch to leave');
    expect(datapath.connected).toBe(false);
  });
});

test.each(['OpenFlow13', 'OpenFlow15'])(
  '%s: packets come and go, flows that end are told, ports are followed',
  async (protocols) => {
    const packets: PacketIn[] = [];
    const removed: FlowRemoved[] = [];
    const hooks: ControllerHooks = {
      packetIn: (datapath, packet) => {
        packets.push(packet);
        const inPort = fieldValue(packet.match, 'in_port') ?? 0;
        datapath.packetOut({ inPort, data: packet.data, actions: [{ type: 'output', port: 2, maxLen: 0 }] });
      },
      flowRemoved: (_, flowRemoved) => void removed.push(flowRemoved),
    };
    await withController({ hooks }, async ({ controller }) => {
      const [one, two, three] = [portName(), portName(), portName()];
      const bridge = await ovs.bridge({ protocols, ports: [one, two] });
      await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
      const datapath = await onlySwitch(controller);
      const punt = apply({ type: 'output', port: OFPP_CONTROLLER, maxLen: OFPCML_NO_BUFFER });
      await datapath.apply({
        groups: [],
        flows: [flow({ instructions: punt }), flow({ priority: 9, hardTimeout: 1, flags: 1 })],
      });
      await until(() => removed.length === 1, 'the flow to end');
      expect(removed[0]).toMatchObject({ priority: 9, reason: 1, cookie: COOKIE_MARK | 1n });

      const frame = `${'02'.repeat(12)}88b5${'ab'.repeat(1000)}`;
      await ovs.receive(one, frame);
      await until(() => packets.length === 1, 'the packet-in');
      // The whole packet, not its first 128 bytes.
      expect(Buffer.from(packets[0]?.data ?? []).toString('hex')).toBe(frame);
      await until(async () => {
        const answer = await datapath.query({ kind: 'port_stats', portNo: 2 });
        return answer.kind === 'port_stats' && (answer.entries[0]?.txPackets ?? 0n) > 0n;
      }, 'the packet to leave');

      await ovs.vsctl('add-port', bridge, three, '--', 'set', 'interface', three, 'type=dummy', 'ofport_request=3');
      await until(() => datapath.ports.get(3)?.name === three, 'the port to appear');
      await ovs.vsctl('del-port', bridge, three);
      await until(() => !datapath.ports.has(3), 'the port to go');
    });
  },
);
