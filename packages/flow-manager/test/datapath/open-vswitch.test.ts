import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Controller, type Datapath, startController } from '../../src/index.ts';
import { wallClock } from '../support/clock.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

async function withController<T>(run: (controller: Controller) => Promise<T>): Promise<T> {
  const controller = await startController({ listen: { host: '127.0.0.1', port: 0 }, clock: wallClock });
  try {
    return await run(controller);
  } finally {
    await controller.stop();
  }
}

async function connected(controller: Controller, bridge: string): Promise<Datapath> {
  await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
  await until(() => controller.datapaths.size === 1, 'the switch to connect');
  const [datapath] = controller.datapaths.values();
  if (datapath === undefined) throw new Error('no switch');
  return datapath;
}

test.each([
  ['OpenFlow13', 4],
  ['OpenFlow14', 5],
  ['OpenFlow15', 6],
  ['OpenFlow13,OpenFlow14,OpenFlow15', 6],
  ['OpenFlow10,OpenFlow13', 4],
])('a bridge that speaks %s introduces itself in version %i', async (protocols, version) => {
  await withController(async (controller) => {
    const bridge = await ovs.bridge({ protocols, ports: [`p${bridge_()}`] });
    const datapath = await connected(controller, bridge);
    const id = (await ovs.vsctl('get', 'bridge', bridge, 'datapath_id')).trim().replaceAll('"', '');
    expect(datapath.version).toBe(version);
    expect(datapath.name).toBe(`switch ${id}`);
    expect(datapath.description).toMatchObject({ manufacturer: 'Nicira, Inc.', hardware: 'Open vSwitch' });
    expect([...datapath.ports.values()].map(({ name }) => name)).toContain(bridge);
    expect(datapath.ports.get(1)?.name).toMatch(/^p/);
    await ovs.vsctl('del-controller', bridge);
    await until(() => controller.datapaths.size === 0, 'the switch to leave');
  });
});

let count = 0;
function bridge_(): string {
  count += 1;
  return `${process.pid.toString(36)}${count}`;
}
