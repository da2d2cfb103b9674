import { match, OFPP_NORMAL } from '@ballast/openflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COOKIE_MARK,
  type Controller,
  type Datapath,
  type DesiredState,
  GROUP_MARK,
  type Outcome,
  RowRefusedError,
} from '../../src/index.ts';
import { onlySwitch, type Told, withController } from '../support/controllers.ts';
import { apply, commitTo, flow, GROUP, group, virtualIp } from '../support/desired.ts';
import { Ovs, until } from '../support/ovs.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await Ovs.start();
});
afterAll(() => ovs.stop());

interface Attached {
  readonly controller: Controller;
  readonly told: Told;
  readonly datapath: Datapath;
  readonly bridge: string;
}

function attached(protocols: string, run: (at: Attached) => Promise<void>): Promise<void> {
  return withController({ recheckInterval: 3_600_000 }, async ({ controller, told }) => {
    const bridge = await ovs.bridge({ protocols });
    await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
    await run({ controller, told, datapath: await onlySwitch(controller), bridge });
  });
}

const done = ({ changes }: Outcome): readonly string[] => changes.map(({ verb, name }) => `${verb} ${name}`);
const NORMAL = { type: 'output', port: OFPP_NORMAL, maxLen: 0 } as const;
const small: DesiredState = {
  groups: [group(['10.9.0.11', '10.9.0.12'])],
  flows: [
    flow(),
    flow({ priority: 5, match: match({ in_port: 1 }), instructions: apply({ type: 'group', groupId: GROUP }) }),
    flow({ priority: 6, match: match({ in_port: 2 }) }),
  ],
};

describe.each(['OpenFlow13', 'OpenFlow14', 'OpenFlow15'])('a bridge of %s', (protocols) => {
  test('gets a virtual IP, tells it in its own words, and the second time nothing is to be done', async () => {
    await attached(protocols, async ({ datapath, bridge }) => {
      const wanted = virtualIp();
      expect((await datapath.apply(wanted)).changes).toHaveLength(wanted.flows.length + 1);
      expect(await ovs.flows(bridge)).toHaveLength(wanted.flows.length);
      expect(done(await datapath.apply(wanted))).toEqual([]);
    });
  });

  test('gets the least change, and rows that did not change keep their counters', async () => {
    await attached(protocols, async ({ datapath, bridge }) => {
      await datapath.apply(small);
      const changed: DesiredState = {
        groups: [group(['10.9.0.11', '10.9.0.13']), group(['10.9.0.14'], { groupId: GROUP + 1 })],
        flows: [
          flow(),
          flow({
            priority: 5,
            match: match({ in_port: 1 }),
            instructions: apply({ type: 'group', groupId: GROUP + 1 }),
          }),
          flow({ priority: 7, match: match({ in_port: 2 }) }),
        ],
      };
      expect(done(await datapath.apply(changed))).toEqual([
        'add group 0xba110002',
        'change group 0xba110001',
        'change flow table=0,priority=5,in_port=0x1',
        'add flow table=0,priority=7,in_port=0x2',
        'remove flow table=0,priority=6,in_port=0x2',
      ]);
      expect(done(await datapath.apply({ groups: [], flows: [flow()] }))).toEqual([
        'remove flow table=0,priority=5,in_port=0x1',
        'remove flow table=0,priority=7,in_port=0x2',
        'remove group 0xba110002',
        'remove group 0xba110001',
      ]);
      expect(await ovs.groups(bridge)).toEqual([]);
      expect(await ovs.flows(bridge)).toHaveLength(1);
      expect(done(await datapath.apply({ groups: [], flows: [flow({ cookie: COOKIE_MARK | 2n })] }))).toEqual([
        'change flow table=0,priority=0',
      ]);
    });
  });

  test('keeps foreign flows and groups', async () => {
    await attached(protocols, async ({ datapath, bridge }) => {
      await ovs.ofctl(bridge, 'add-flow', 'table=7,priority=9,cookie=0x99,ip,actions=drop');
      await ovs.ofctl(bridge, 'add-flow', 'table=0,priority=0,actions=drop');
      await ovs.ofctl(bridge, 'add-group', 'group_id=5,type=select,bucket=actions=output:1');
      const outcome = await datapath.apply(small);
      // Two flows cannot stand in one place: ours takes it, and says so.
      expect(outcome.displaced).toEqual(['flow table=0,priority=0']);
      await datapath.apply({ flows: [], groups: [] });
      expect(await ovs.flows(bridge)).toEqual(['cookie=0x99, table=7, priority=9,ip actions=drop']);
      expect(await ovs.groups(bridge)).toHaveLength(1);
      expect((await datapath.read()).groups).toEqual([]);
    });
  });

  test('changes nothing when one row of many is bad, and the error names it', async () => {
    await attached(protocols, async ({ datapath, bridge }) => {
      await datapath.apply(small);
      const before = [await ovs.flows(bridge), await ovs.groups(bridge)];
      // A TCP port without TCP: refused when the row is looked at. A group that is not there: when it is carried out.
      const badMatch = flow({ table: 3, priority: 77, match: match({ tcp_dst: 80 }) });
      const badGroup = flow({ table: 3, priority: 78, instructions: apply({ type: 'group', groupId: GROUP + 9 }) });
      for (const [bad, name, why] of [
        [badMatch, 'flow table=3,priority=77,tcp_dst=0x50', 'BAD_MATCH, BAD_PREREQ'],
        [badGroup, 'flow table=3,priority=78', 'BAD_ACTION, BAD_OUT_GROUP'],
      ] as const) {
        const flows = [flow({ table: 1 }), bad, flow({ table: 2 })];
        const error = await datapath.apply({ groups: [], flows }).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(RowRefusedError);
        expect(error).toMatchObject({
          code: 'switch-row-refused',
          row: name,
          partly: false,
          message: `${datapath.name}: The switch refused ${name}: ${why}. (nothing was changed)`,
        });
        expect([await ovs.flows(bridge), await ovs.groups(bridge)]).toEqual(before);
      }
      // The connection and the next bundle are none the worse for it.
      expect(done(await datapath.apply(small))).toEqual([]);
      expect((await datapath.apply(virtualIp())).changes.length).toBeGreaterThan(5);
    });
  });
});

test('a bad group is named', async () => {
  await attached('OpenFlow15', async ({ datapath, bridge }) => {
    const twice = [1, 1].map((bucketId) => ({ bucketId, weight: 1, actions: [NORMAL] }));
    const bad = group([], { groupId: GROUP + 3, buckets: twice });
    await expect(datapath.apply({ flows: [flow()], groups: [group(['10.9.0.1']), bad] })).rejects.toMatchObject({
      code: 'switch-row-refused',
      row: 'group 0xba110004',
    });
    expect(await ovs.groups(bridge)).toEqual([]);
  });
});

test('groups that use groups are added after them, and removed before them', async () => {
  await attached('OpenFlow15', async ({ datapath }) => {
    const outer = group([], {
      groupId: GROUP,
      buckets: [{ weight: 1, actions: [{ type: 'group', groupId: GROUP + 5 }] }],
    });
    const inner = group(['10.9.0.1'], { groupId: GROUP + 5 });
    const added = await datapath.apply({ flows: [], groups: [outer, inner] });
    expect(done(added)).toEqual(['add group 0xba110006', 'add group 0xba110001']);
    const removed = await datapath.apply({ flows: [], groups: [] });
    expect(done(removed)).toEqual(['remove group 0xba110001', 'remove group 0xba110006']);
  });
});

test('a Maglev table of 256 buckets is one group, told back alike, in one change', async () => {
  await attached('OpenFlow15', async ({ datapath }) => {
    const table = (shift: number): DesiredState => {
      const buckets = Array.from({ length: 256 }, (_, slot) => {
        return { weight: 1, actions: [commitTo(`10.9.0.${((slot + shift) % 4) + 1}`)] };
      });
      return { flows: [flow()], groups: [group([], { buckets })] };
    };
    await datapath.apply(table(0));
    expect(done(await datapath.apply(table(0)))).toEqual([]);
    expect(done(await datapath.apply(table(1)))).toEqual([`change group 0x${GROUP.toString(16)}`]);
  });
});

test('1,000 flows and 50 groups go in one bundle', async () => {
  await attached('OpenFlow15', async ({ datapath, bridge }) => {
    const groups = Array.from({ length: 50 }, (_, i) => {
      const buckets = Array.from({ length: 256 }, (_, slot) => ({
        weight: 1,
        actions: [commitTo(`10.1.${i}.${slot}`)],
      }));
      return group([], { groupId: GROUP_MARK + i, buckets });
    });
    const flows = Array.from({ length: 1000 }, (_, i) => {
      const instructions = apply({ type: 'group', groupId: GROUP_MARK + (i % 50) });
      return flow({
        priority: 9,
        match: match({ eth_type: 0x0800, ipv4_dst: `10.2.${i >> 8}.${i & 255}` }),
        instructions,
      });
    });
    expect((await datapath.apply({ flows, groups })).changes).toHaveLength(1050);
    expect(await ovs.flows(bridge)).toHaveLength(1000);
    expect(done(await datapath.apply({ flows, groups }))).toEqual([]);
  });
});

describe('a switch is kept at what is wanted', () => {
  test('when it restarts', async () => {
    await attached('OpenFlow15', async ({ controller, told, bridge }) => {
      await controller.setDesired(() => small);
      expect(await ovs.flows(bridge)).toHaveLength(3);
      const before = told.reconciliations.length;
      await ovs.restartSwitch();
      await until(() => told.reconciliations.length > before, 'the switch to be restored');
      expect(told.reconciliations.at(-1)?.changes).toHaveLength(4);
      expect(await ovs.flows(bridge)).toHaveLength(3);
      expect(await ovs.groups(bridge)).toHaveLength(1);
    });
  });

  test('when rows are lost, changed by hand, or others appear with its mark', async () => {
    await attached('OpenFlow15', async ({ controller, bridge }) => {
      const id = (await onlySwitch(controller)).id;
      await controller.setDesired(new Map([[id, small]]));
      const wanted = await ovs.flows(bridge);
      await ovs.ofctl(bridge, 'del-flows', 'in_port=2');
      await ovs.ofctl(bridge, 'mod-flows', 'in_port=1,actions=drop');
      await ovs.ofctl(bridge, 'add-flow', 'table=9,cookie=0xba11000000000077,actions=drop');
      await ovs.ofctl(bridge, 'mod-group', `group_id=${GROUP},type=select,bucket=actions=output:1`);
      const [settled] = await controller.reconcile();
      if (settled === undefined || 'error' in settled || settled.outcome === undefined)
        throw new Error('not reconciled');
      expect(done(settled.outcome)).toEqual([
        'change group 0xba110001',
        'change flow table=0,priority=5,in_port=0x1',
        'add flow table=0,priority=6,in_port=0x2',
        'remove flow table=9,priority=32768',
      ]);
      expect((await ovs.flows(bridge)).toSorted()).toEqual(wanted.toSorted());
    });
  });

  test('now and then, although nobody says that anything changed', async () => {
    await withController({ recheckInterval: 50 }, async ({ controller, told }) => {
      const bridge = await ovs.bridge();
      await controller.setDesired(() => small);
      await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
      await until(() => told.reconciliations.length > 0, 'the first reconciliation');
      await ovs.ofctl(bridge, 'del-flows');
      await until(async () => (await ovs.flows(bridge)).length === 3, 'the flows to come back');
      expect(told.reconciliations.filter(({ changes }) => changes.length === 4).length).toBeGreaterThan(0);
    });
  });

  test('a wanted state that is refused is told, and tried again, until it is mended', async () => {
    await attached('OpenFlow15', async ({ controller, told, bridge }) => {
      const [refused] = await controller.setDesired(() => ({
        groups: [],
        flows: [flow({ match: match({ tcp_dst: 1 }) })],
      }));
      expect(refused).toMatchObject({ error: { code: 'switch-row-refused' } });
      await until(() => told.codes.length > 0, 'another try');
      await controller.setDesired(() => small);
      expect(await ovs.flows(bridge)).toHaveLength(3);
    });
  });
});

test.each([
  ['a flow without the mark', { flows: [flow({ cookie: 7n })], groups: [] }, 'desired-unmarked'],
  ['a group outside of the range', { flows: [], groups: [group([], { groupId: 5 })] }, 'desired-unmarked'],
  [
    'two flows in one place',
    { flows: [flow(), flow({ instructions: apply(NORMAL, NORMAL) })], groups: [] },
    'desired-ambiguous',
  ],
])('%s is refused before anything is sent', async (_, desired, code) => {
  await attached('OpenFlow15', async ({ datapath, bridge }) => {
    await expect(datapath.apply(desired)).rejects.toMatchObject({ code });
    expect(await ovs.flows(bridge)).toEqual([]);
  });
});

test('what 1.3 cannot say is named', async () => {
  await attached('OpenFlow13', async ({ datapath }) => {
    const selection = { method: 'hash', param: 0n, fields: match({ eth_type: 0xffff }) };
    await expect(datapath.apply({ flows: [], groups: [group(['10.0.0.1'], { selection })] })).rejects.toMatchObject({
      code: 'desired-not-sayable',
      message: 'OpenFlow 1.3 cannot say group 0xba110001: Expected OpenFlow 1.5 for properties of group 3121676289.',
    });
  });
});
