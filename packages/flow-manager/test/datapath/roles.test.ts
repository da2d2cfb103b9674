import { match } from '@ballast/openflow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StaleGenerationError } from '../../src/index.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { flow } from '../support/desired.ts';
import { FakeSwitch } from '../support/fake-switch.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

const one = { groups: [], flows: [flow()] };
const two = { groups: [], flows: [flow(), flow({ priority: 3, match: match({ in_port: 9 }) })] };
const never = { recheckInterval: 3_600_000 };

test.each(['OpenFlow13', 'OpenFlow14', 'OpenFlow15'])(
  '%s: a newer token takes over, the older leader learns it and writes no more',
  async (protocols) => {
    const bridge = await ovs.bridge({ protocols });
    await withController({ ...never, generation: 7n }, async (old) => {
      await withController({ ...never, role: 'slave' }, async (young) => {
        await ovs.connect(bridge, ...[old, young].map(({ controller }) => `tcp:127.0.0.1:${controller.address.port}`));
        const [mine, theirs] = [await onlySwitch(old.controller), await onlySwitch(young.controller)];
        expect([mine.role, theirs.role]).toEqual(['master', 'slave']);
        await mine.apply(one);
        // Who is a slave does not try, and is refused by the switch if it does.
        await expect(theirs.apply(two)).rejects.toMatchObject({ code: 'switch-is-slave' });
        await expect(
          theirs.write([{ type: 'group_mod', command: 0, groupType: 0, groupId: 1, buckets: [] }]),
        ).rejects.toMatchObject({ message: 'The switch refused group_mod: BAD_REQUEST, IS_SLAVE.' });
        await young.controller.setDesired(() => two);
        expect(await ovs.flows(bridge)).toHaveLength(1);

        const [taken] = await young.controller.setRole('master', 8n);
        expect(taken).toMatchObject({ outcome: { changes: [{ verb: 'add' }] } });
        await until(() => old.told.roles.length > 0, 'the old leader to learn it');
        expect([mine.role, theirs.role]).toEqual(['slave', 'master']);
        await expect(mine.apply(one)).rejects.toMatchObject({ code: 'switch-is-slave' });

        const error = await mine.requestRole('master', 7n).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(StaleGenerationError);
        expect(error).toMatchObject({ code: 'switch-stale-generation', generation: 7n });
        expect(await ovs.flows(bridge)).toHaveLength(2);
      });
    });
  },
);

test('a leader with an old token that connects anew may look and not write', async () => {
  const bridge = await ovs.bridge();
  await withController({ ...never, generation: 20n }, async (leader) => {
    await ovs.connect(bridge, `tcp:127.0.0.1:${leader.controller.address.port}`);
    await leader.controller.setDesired(() => two);
    await until(async () => (await ovs.flows(bridge)).length === 2, 'the flows of the leader');
    await withController({ ...never, generation: 19n }, async (late) => {
      await late.controller.setDesired(() => one);
      await ovs.connect(bridge, ...[leader, late].map(({ controller }) => `tcp:127.0.0.1:${controller.address.port}`));
      await until(() => late.told.codes.length > 0, 'the refusal');
      const datapath = await onlySwitch(late.controller);
      expect(late.told.codes).toEqual(['switch-stale-generation']);
      expect(datapath.role).toBe('slave');
      expect((await datapath.read()).flows).toHaveLength(2);
      await late.controller.reconcile();
      expect(await ovs.flows(bridge)).toHaveLength(2);
    });
  });
});

test('a generation is a fencing token of 64 bits: the largest goes through, and wraps as the protocol has it', async () => {
  const bridge = await ovs.bridge();
  await withController(never, async ({ controller }) => {
    await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
    const datapath = await onlySwitch(controller);
    await datapath.requestRole('master', 0xffff_ffff_ffff_ffffn);
    await datapath.requestRole('slave', 0n);
    await expect(datapath.requestRole('master', 0xffff_ffff_ffff_fffen)).rejects.toBeInstanceOf(StaleGenerationError);
    await datapath.requestRole('equal', 0n);
    expect(datapath.role).toBe('equal');
  });
});

test('a switch without roles is told apart', async () => {
  await withController({ ...never, generation: 3n }, async ({ controller, told }) => {
    const refuse = { type: 'error', errorType: 11, code: 1, data: new Uint8Array(0) } as const;
    await FakeSwitch.connect(controller.address.port, {
      script: ({ type }) => (type === 'role_request' ? [refuse] : undefined),
    });
    const datapath = await onlySwitch(controller);
    await until(() => told.codes.length > 0, 'the refusal');
    expect(told.failures[0]?.error.message).toContain('does not grant role master');
    expect([told.codes, datapath.role]).toEqual([['switch-role-refused'], 'slave']);
  });
});
