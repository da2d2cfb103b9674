import { eventLoopTurns } from '@ballast/testkit';
import { expect, test } from 'vitest';
import { type DesiredState, GROUP_MARK } from '../../src/index.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { commitTo, flow, group } from '../support/desired.ts';
import { ModelConnection } from '../support/model-connection.ts';
import { ModelSwitch } from '../support/model-switch.ts';

/** About 1.3 MB of groups: more than may wait to be written before a change waits itself. */
const GROUPS = 60;

function tables(turn: number): DesiredState {
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const buckets = Array.from({ length: 256 }, (__, slot) => ({
      weight: 1,
      actions: [commitTo(`10.1.${index}.${(slot + turn) % 9}`)],
    }));
    return group([], { groupId: GROUP_MARK + index, buckets });
  });
  return { flows: [flow()], groups };
}

test('large groups arrive whole, whatever part of them waits for a switch that reads slowly', async () => {
  await withController({ verifyDelay: 3_600_000 }, async ({ controller, told }) => {
    const model = new ModelSwitch(1n);
    const connection = await ModelConnection.open(controller.address.port, model);
    const datapath = await onlySwitch(controller);
    await controller.setDesired(() => tables(0));
    for (const turn of [1, 2]) {
      connection.socket.pause();
      let settled = false;
      const pushed = controller
        .setDesired(() => tables(turn))
        .finally(() => {
          settled = true;
        });
      await eventLoopTurns(20);
      expect(settled).toBe(false);
      connection.socket.resume();
      await pushed;
    }
    expect(model.faults).toEqual([]);
    // Read back: every bucket is as it was pushed last.
    await expect(datapath.apply(tables(2))).resolves.toMatchObject({ changes: [], verified: true });
    expect((await datapath.apply(tables(1))).changes).toHaveLength(GROUPS);
    expect(told.failures).toEqual([]);
  });
});
