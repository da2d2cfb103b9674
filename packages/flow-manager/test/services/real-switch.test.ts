import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Controller, compileServices, startController } from '../../src/index.ts';
import { wallClock } from '../support/clock.ts';
import { Ovs, until } from '../support/ovs.ts';
import { somePlacements } from './builders.ts';
import { cases } from './cases.ts';

let ovs: Ovs;
let controller: Controller;

beforeAll(async () => {
  ovs = await Ovs.start();
  const bridge = await ovs.bridge();
  controller = await startController({ listen: { host: '127.0.0.1', port: 0 }, clock: wallClock });
  await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
  await until(() => controller.datapaths.size === 1, 'the switch to connect');
});
afterAll(async () => {
  await controller?.stop();
  await ovs?.stop();
});

test.each(Object.entries(cases))('Open vSwitch takes %s, and has it as it was meant', async (_, services) => {
  const state = compileServices({ services, placements: somePlacements, dpid: 1n });
  const settled = await controller.setDesired(() => state);
  expect(settled).toMatchObject([{ outcome: { displaced: [] } }]);
  // Read back and compared: the switch has no row too few, too many or another than compiled.
  expect(await controller.reconcile()).toMatchObject([{ outcome: { changes: [] } }]);
});
