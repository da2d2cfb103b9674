import { match } from '@ballast/openflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, type Controller, type Datapath, startController } from '../../src/index.ts';
import { wallClock } from '../support/clock.ts';
import { apply, commitTo, flow, GROUP, group, virtualIp } from '../support/desired.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

interface Attached {
  readonly controller: Controller;
  readonly datapath: Datapath;
  readonly bridge: string;
}

async function attached(protocols: string, run: (at: Attached) => Promise<void>): Promise<void> {
  const controller = await startController({ listen: { host: '127.0.0.1', port: 0 }, clock: wallClock });
  try {
    const bridge = await ovs.bridge({ protocols });
    await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
    await until(() => controller.datapaths.size === 1, 'the switch to connect');
    const [datapath] = controller.datapaths.values();
    if (datapath === undefined) throw new Error('no switch');
    await run({ controller, datapath, bridge });
  } finally {
    await controller.stop();
  }
}

const told = (changes: readonly Change[]): readonly string[] => changes.map(({ verb, name }) => `${verb} ${name}`);

describe.each(['OpenFlow13', 'OpenFlow14', 'OpenFlow15'])('%s', (protocols) => {
  test('a virtual IP goes to the switch, and the second time nothing is to be done', async () => {
    await attached(protocols, async ({ datapath, bridge }) => {
      const first = await datapath.apply(virtualIp());
      expect(first.changes).toHaveLength(virtualIp().flows.length + 1);
      expect((await ovs.flows(bridge)).length).toBe(virtualIp().flows.length);
      const second = await datapath.apply(virtualIp());
      expect(told(second.changes)).toEqual([]);
    });
  });
});
