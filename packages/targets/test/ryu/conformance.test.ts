import { ryuTarget } from '@ballast/targets';
import { weightTargetConformance } from '@ballast/testkit/conformance';
import { machineClock as clock } from '../support/clock.ts';
import { addGroups, SERVICE_OPTIONS } from './groups.ts';
import { RunningRyu } from './running.ts';

for (const [way, datapaths] of [
  ['one switch on OpenFlow 1.3', { 19: 'OpenFlow13' }],
  ['two switches, one on OpenFlow 1.4', { 20: 'OpenFlow14', 21: 'OpenFlow13' }],
] as const) {
  weightTargetConformance(`ryuTarget with ${way}, on a real os-ken and Open vSwitch`, async () => {
    const ryu = await RunningRyu.start(datapaths);
    const dpids = Object.keys(datapaths).map(Number);
    const fill = async (): Promise<void> => {
      for (const bridge of ryu.bridges) await addGroups(ryu.ovs, bridge);
    };
    await fill();
    const target = ryuTarget({ name: 'ryu', url: ryu.url, datapaths: dpids, clock });
    return {
      target,
      options: SERVICE_OPTIONS,
      // A switch that restarts has no groups; the application makes them again when it is back.
      forget: async () => {
        await ryu.ovs.restartSwitch();
        await fill();
        for (const dpid of dpids) await ryu.tells(dpid, 60);
      },
      stop: async () => {
        await target.close();
        await ryu.stop();
      },
    };
  });
}
