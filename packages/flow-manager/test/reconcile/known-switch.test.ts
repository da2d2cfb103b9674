import { match } from '@ballast/openflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileShared, type DesiredState, type Outcome, type Settled, stateOfSwitch } from '../../src/index.ts';
import { aMember, aVirtualService, somePlacements } from '../services/builders.ts';
import { onlySwitch, type Running, withController } from '../support/controllers.ts';
import { apply, flow, GROUP, group } from '../support/desired.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

const wanted = (...addresses: readonly string[]): DesiredState => ({
  groups: [group(addresses)],
  flows: [
    flow(),
    flow({ priority: 5, match: match({ in_port: 1 }), instructions: apply({ type: 'group', groupId: GROUP }) }),
    flow({ priority: 6, match: match({ in_port: 2 }) }),
  ],
});
const one = wanted('10.9.0.11');
const two = wanted('10.9.0.11', '10.9.0.12');

/** A bridge that has `first`; verified after `verifyDelay` ms, else not within the test. */
async function known(
  given: { readonly protocols?: string; readonly verifyDelay?: number; readonly first?: DesiredState },
  run: (at: Running & { readonly bridge: string }) => Promise<void>,
): Promise<void> {
  const { protocols = 'OpenFlow15', verifyDelay = 3_600_000, first = one } = given;
  await withController({ recheckInterval: 3_600_000, verifyDelay }, async (running) => {
    const bridge = await ovs.bridge({ protocols });
    await ovs.connect(bridge, `tcp:127.0.0.1:${running.controller.address.port}`);
    await onlySwitch(running.controller);
    await running.controller.setDesired(() => first);
    await run({ ...running, bridge });
    expect(running.told.failures).toEqual([]);
  });
}

function outcomeOf([settled]: readonly Settled[]): Outcome {
  if (settled === undefined || 'error' in settled || settled.outcome === undefined) {
    throw new Error('Expected an outcome.', { cause: settled });
  }
  return settled.outcome;
}

const names = ({ changes }: Outcome): readonly string[] => changes.map(({ verb, name }) => `${verb} ${name}`);

describe.each(['OpenFlow13', 'OpenFlow14', 'OpenFlow15'])('a bridge of %s that is known', (protocols) => {
  test('has a change when it is confirmed, and is found to have it', async () => {
    await known({ protocols }, async ({ controller, bridge }) => {
      const outcome = outcomeOf(await controller.setDesired(() => two));
      expect([names(outcome), outcome.verified]).toEqual([['change group 0xba110001'], false]);
      expect((await ovs.groups(bridge)).join()).toContain('10.9.0.12');
      expect(outcomeOf(await controller.reconcile())).toMatchObject({ changes: [], verified: true });
    });
  });

  test('that lost a flow by hand gets the next change, and then the flow', async () => {
    await known({ protocols, verifyDelay: 50 }, async ({ controller, told, bridge }) => {
      await ovs.ofctl(bridge, 'del-flows', 'in_port=2');
      expect(names(outcomeOf(await controller.setDesired(() => two)))).toEqual(['change group 0xba110001']);
      await until(() => told.verified.at(-1) === true, 'the verification');
      expect(told.reconciliations.at(-1)?.changes).toEqual(['add flow table=0,priority=6,in_port=0x2']);
      expect(await ovs.flows(bridge)).toHaveLength(3);
      expect((await ovs.groups(bridge)).join()).toContain('10.9.0.12');
    });
  });

  test('that lost its group by hand refuses the next change, and gets all that is wanted', async () => {
    await known({ protocols }, async ({ controller, bridge }) => {
      // Flows that use the group go with it.
      await ovs.ofctl(bridge, 'del-groups');
      const outcome = outcomeOf(await controller.setDesired(() => two));
      expect(names(outcome)).toEqual(['add group 0xba110001', 'add flow table=0,priority=5,in_port=0x1']);
      expect(outcome.verified).toBe(true);
      expect(await ovs.flows(bridge)).toHaveLength(3);
      expect((await ovs.groups(bridge)).join()).toContain('10.9.0.12');
    });
  });

  test('that has a foreign flow in place of a lost one leaves it alone when that one changes', async () => {
    await known({ protocols, verifyDelay: 3_600_000 }, async ({ controller, bridge }) => {
      await ovs.ofctl(bridge, 'del-flows', 'in_port=2');
      await ovs.ofctl(bridge, 'add-flow', 'cookie=0x99,priority=6,in_port=2,actions=output:9');
      const [first, second, third] = one.flows;
      const changed = third === undefined ? [] : [{ ...third, instructions: apply() }];
      const flows = [...[first, second].flatMap((row) => (row === undefined ? [] : [row])), ...changed];
      await controller.setDesired(() => ({ ...one, flows }));
      expect((await ovs.flows(bridge)).join()).toContain('in_port=2 actions=output:9');
      // The look finds the place taken, and takes it.
      expect(outcomeOf(await controller.reconcile()).displaced).toEqual(['flow table=0,priority=6,in_port=0x2']);
    });
  });
});

test('a flow that tells of its end is missed at once, not at the next look', async () => {
  const told = { ...one, flows: one.flows.map((row) => ({ ...row, flags: 1 })) };
  await known({ first: told, verifyDelay: 10 }, async ({ bridge }) => {
    await ovs.ofctl(bridge, 'del-flows', 'in_port=2');
    await until(async () => (await ovs.flows(bridge)).length === 3, 'the flow to come back');
    expect((await ovs.flows(bridge)).join()).toContain('in_port=2');
  });
});

test('weights of a service, pushed many times, are those that the bridge has in the end', async () => {
  const bare = aVirtualService({ members: [aMember(1), aMember(2), aMember(3)] });
  let shared = compileShared({ services: [bare], placements: somePlacements });
  const state = (): DesiredState => stateOfSwitch(shared, { placements: somePlacements, dpid: 1n });
  await known({ first: state(), verifyDelay: 20 }, async ({ controller, told, bridge }) => {
    const before = told.reconciliations.length;
    for (const weight of [0.1, 0.9, 0.5, 0.25, 1]) {
      const services = [{ ...bare, members: [aMember(1, weight), aMember(2, 0.5), aMember(3, 0.25)] }];
      shared = compileShared({ services, placements: somePlacements, previous: shared });
      expect(names(outcomeOf(await controller.setDesired(state)))).toHaveLength(1);
    }
    await until(() => told.verified.at(-1) === true, 'the verification');
    // What was pushed was there: verifications had nothing to do.
    expect(told.reconciliations.slice(before).flatMap(({ changes }) => changes)).toHaveLength(5);
    expect(outcomeOf(await controller.reconcile()).changes).toEqual([]);
    expect(await ovs.groups(bridge)).toHaveLength(1);
  });
});
