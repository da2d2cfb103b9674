import type { Body, Message } from '@ballast/openflow';
import { expect, test } from 'vitest';
import { onlySwitch, withController } from '../support/controllers.ts';
import { apply, flow, GROUP, group } from '../support/desired.ts';
import { FakeSwitch } from '../support/fake-switch.ts';

const BAD_TYPE = { type: 'error', errorType: 1, code: 1, data: new Uint8Array(0) } as const;
const TABLE_FULL = { type: 'error', errorType: 5, code: 1, data: new Uint8Array(0) } as const;
const wanted = {
  groups: [group(['10.0.0.1'])],
  flows: [flow({ priority: 1 }), flow({ priority: 2, instructions: apply({ type: 'group', groupId: GROUP }) })],
};

/** A switch without bundles. */
function plain(more: (message: Message) => readonly Body[] | undefined = () => undefined) {
  return (message: Message): readonly Body[] | undefined => {
    return message.type === 'bundle_control' || message.type === 'bundle_add' ? [BAD_TYPE] : more(message);
  };
}

test('a switch without bundles gets its rows in order, barriers between, and is read back', async () => {
  await withController({}, async ({ controller }) => {
    const fake = await FakeSwitch.connect(controller.address.port, { script: plain() });
    const datapath = await onlySwitch(controller);
    // It takes everything and has nothing: only reading back tells.
    await expect(datapath.apply(wanted)).rejects.toMatchObject({
      code: 'switch-read-back',
      message: `${datapath.name} took the changes, and still lacks: add group 0xba110001; add flow table=0,priority=1; add flow table=0,priority=2.`,
    });
    const types = fake.received.map(({ type }) => type).filter((type) => /mod|barrier/.test(type));
    expect(types).toEqual([
      'barrier_request',
      'group_mod',
      'barrier_request',
      'flow_mod',
      'flow_mod',
      'barrier_request',
    ]);
  });
});

test('there an error names its row by xid, and says that rows before it were carried out', async () => {
  await withController({}, async ({ controller }) => {
    const full = plain((message) => (message.type === 'flow_mod' && message.priority === 2 ? [TABLE_FULL] : undefined));
    await FakeSwitch.connect(controller.address.port, { script: full });
    const datapath = await onlySwitch(controller);
    await expect(datapath.apply(wanted)).rejects.toMatchObject({
      code: 'switch-row-refused',
      row: 'flow table=0,priority=2',
      partly: true,
      refusal: { errorType: 5, errorCode: 1 },
    });
  });
});

test('a bundle that may not be opened for another reason is told', async () => {
  await withController({}, async ({ controller }) => {
    const refusing = (message: Message): readonly Body[] | undefined => {
      return message.type === 'bundle_control' ? [{ ...BAD_TYPE, errorType: 17, code: 5 }] : undefined;
    };
    await FakeSwitch.connect(controller.address.port, { script: refusing });
    const datapath = await onlySwitch(controller);
    await expect(datapath.apply(wanted)).rejects.toMatchObject({
      code: 'switch-bundle-refused',
      message: `${datapath.name}: The switch refused a bundle: BUNDLE_FAILED, OUT_OF_BUNDLES. (nothing was changed)`,
    });
  });
});

test('a switch that connects anew takes the place of its old connection', async () => {
  await withController({}, async ({ controller }) => {
    const first = await FakeSwitch.connect(controller.address.port, { id: 9n });
    const old = await onlySwitch(controller);
    await FakeSwitch.connect(controller.address.port, { id: 9n });
    await first.untilClosed();
    const present = await onlySwitch(controller);
    expect(present).not.toBe(old);
    expect([present.connected, old.connected, controller.datapaths.size]).toEqual([true, false, 1]);
  });
});
