import type { Body } from '@ballast/openflow';
import { VirtualClock } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COOKIE_MARK, type Controller, type DesiredState, diff, type Outcome, type Settled } from '../../src/index.ts';
import { wantedRows } from '../../src/reconcile/diff.ts';
import { Memory } from '../../src/reconcile/memory.ts';
import { onlySwitch, type Told, withController } from '../support/controllers.ts';
import { apply, flow, GROUP, group, virtualIp } from '../support/desired.ts';
import { ModelConnection } from '../support/model-connection.ts';
import { ModelSwitch } from '../support/model-switch.ts';
import { until } from '../support/ovs.ts';

/** Types of multipart_request and bundle_control on 1.5: what a look needs, and a push does not. */
const READS = 18;
const BUNDLE_CONTROL = 33;

interface Attached {
  readonly controller: Controller;
  readonly told: Told;
  readonly connection: ModelConnection;
  readonly model: ModelSwitch;
}

/** A model of a switch that has `virtualIp()`, read back; `verifyDelay` is an hour where nothing else is said. */
function attached(
  options: { readonly verifyDelay?: number; readonly clock?: VirtualClock },
  run: (at: Attached) => Promise<void>,
): Promise<void> {
  const times = { recheckInterval: 3_600_000, retryInterval: 5, verifyDelay: 3_600_000 };
  return withController({ ...times, ...options }, async ({ controller, told }) => {
    const model = new ModelSwitch(1n);
    const connection = await ModelConnection.open(controller.address.port, model);
    await onlySwitch(controller);
    await controller.setDesired(() => virtualIp());
    model.count.clear();
    await run({ controller, told, connection, model });
    expect(model.faults).toEqual([]);
  });
}

function outcomeOf([settled]: readonly Settled[]): Outcome {
  if (settled === undefined || 'error' in settled || settled.outcome === undefined) {
    throw new Error('Expected an outcome.', { cause: settled });
  }
  return settled.outcome;
}

const names = ({ changes }: Outcome): readonly string[] => changes.map(({ verb, name }) => `${verb} ${name}`);
const other = virtualIp(['10.9.0.12', '10.9.0.11']);
const GROUP_CHANGED = `change group 0x${GROUP.toString(16)}`;

function expectCarried({ model }: Attached, wanted: DesiredState): void {
  const entries = model.flows.map(({ type: _type, ...entry }) => ({ ...entry, statistics: {} }));
  expect(diff(wanted, { flows: entries, groups: model.groups }, 6)).toEqual([]);
}

describe('a switch that is known', () => {
  test('gets a change in one bundle, without being read', async () => {
    await attached({}, async (at) => {
      const outcome = outcomeOf(await at.controller.setDesired(() => other));
      expect(names(outcome)).toContain(GROUP_CHANGED);
      expect(outcome.verified).toBe(false);
      expect(at.model.count.get(READS)).toBeUndefined();
      // Open and commit.
      expect(at.model.count.get(BUNDLE_CONTROL)).toBe(2);
      expectCarried(at, other);
    });
  });

  test('gets nothing where nothing changed', async () => {
    await attached({}, async ({ controller, model }) => {
      expect(outcomeOf(await controller.setDesired(() => virtualIp()))).toMatchObject({ changes: [], verified: true });
      expect(model.count.size).toBe(0);
    });
  });

  test('is read soon after the last of several changes, once, and the hook is told', async () => {
    const clock = new VirtualClock();
    await attached({ verifyDelay: 1_000, clock }, async (at) => {
      const before = at.told.reconciliations.length;
      for (const wanted of [other, virtualIp(), other]) await at.controller.setDesired(() => wanted);
      expect(at.model.count.get(READS)).toBeUndefined();
      await clock.advance(3_000);
      await until(() => at.told.reconciliations.length === before + 4, 'the verification');
      // Flows and groups.
      expect(at.model.count.get(READS)).toBe(2);
      expect(at.told.verified.slice(before)).toEqual([false, false, false, true]);
    });
  });

  test('is not read while changes keep coming', async () => {
    const clock = new VirtualClock();
    await attached({ verifyDelay: 1_000, clock }, async (at) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await at.controller.setDesired(() => (turn % 2 === 0 ? other : virtualIp()));
        await clock.advance(900);
      }
      expect(at.model.count.get(READS)).toBeUndefined();
      await clock.advance(2_000);
      await until(() => at.told.verified.at(-1) === true, 'the verification');
      expect(at.model.count.get(READS)).toBe(2);
    });
  });

  test('is read at once when foreign flows may stand where new ones go', async () => {
    await attached({}, async ({ controller, connection, model }) => {
      const foreign = flow({ table: 9, cookie: 5n });
      model.put(foreign);
      const more = { ...other, flows: [...other.flows, flow({ table: 9 })] };
      const outcome = outcomeOf(await controller.setDesired(() => more));
      expect(outcome).toMatchObject({ displaced: ['flow table=9,priority=0'], verified: false });
      connection.end();
    });
  });
});

/** What makes a switch unknown: after each of them the next change reads it. */
const DOUBTS: Readonly<Record<string, (at: Attached) => unknown>> = {
  'one of our flows is gone': ({ connection }) => connection.send(flowRemoved(COOKIE_MARK | 7n)),
  'an error that nobody asked for': ({ connection }) =>
    connection.send({ type: 'error', errorType: 5, code: 1, data: new Uint8Array([6, 14, 0, 56]) }),
  'another role': ({ controller }) => controller.datapaths.get(1n)?.requestRole('master', 3n),
  'a role that the switch gave': async ({ connection, controller }) => {
    const datapath = await onlySwitch(controller);
    await datapath.requestRole('master', 3n);
    await controller.reconcile();
    connection.send({ type: 'role_status', role: 1, reason: 0, generationId: 4n, properties: [] });
    await until(() => datapath.role === 'equal', 'the role');
  },
  'rows that were written past it': async ({ controller }) => {
    const datapath = await onlySwitch(controller);
    await datapath.write([{ type: 'group_mod', command: 2, groupType: 1, groupId: 77, buckets: [] }]);
  },
};

function flowRemoved(cookie: bigint): Body {
  const none = { priority: 1, reason: 2, tableId: 0, idleTimeout: 0, hardTimeout: 0, match: [], statistics: {} };
  return { type: 'flow_removed', cookie, ...none };
}

describe('a switch is not known any more after', () => {
  test.each(Object.entries(DOUBTS))('%s', async (_, happen) => {
    await attached({}, async (at) => {
      await happen(at);
      // Its answer comes after all that was sent before.
      await at.controller.datapaths.get(1n)?.query({ kind: 'desc' });
      at.model.lose((name) => name.startsWith('flow 3/'));
      at.model.count.clear();
      const outcome = outcomeOf(await at.controller.setDesired(() => other));
      expect(outcome.verified).toBe(true);
      expect(at.model.count.get(READS)).toBeGreaterThan(1);
      expectCarried(at, other);
    });
  });

  test('doubt alone: it is read soon, and what it lost is restored', async () => {
    await attached({ verifyDelay: 10 }, async (at) => {
      at.model.lose((name) => name.startsWith('flow 3/'));
      at.connection.send(flowRemoved(COOKIE_MARK | 7n));
      const before = at.told.reconciliations.length;
      await until(() => at.told.reconciliations.length > before, 'the verification');
      expect(at.told.reconciliations.at(-1)?.changes).toHaveLength(2);
    });
  });

  test.each([
    ['a packet that was refused', { type: 'error', errorType: 1, code: 7, data: new Uint8Array([6, 13, 0, 56]) }],
    ['a flow of somebody else that is gone', flowRemoved(0x99n)],
  ] as const)('but not after %s', async (_, body) => {
    await attached({}, async (at) => {
      at.connection.send(body);
      await at.controller.datapaths.get(1n)?.query({ kind: 'desc' });
      at.model.count.clear();
      expect(outcomeOf(await at.controller.setDesired(() => other)).verified).toBe(false);
      expect(at.model.count.get(READS)).toBeUndefined();
    });
  });
});

test('what comes to doubt while it is changed is not known after', () => {
  const memory = new Memory();
  const rows = wantedRows(virtualIp(), 6);
  const { doubts } = memory;
  memory.forget();
  memory.keep(rows, { verified: true, doubts });
  expect(memory).toMatchObject({ rows: undefined, verified: false });
  memory.keep(rows, { verified: true, doubts: memory.doubts });
  expect(memory).toMatchObject({ rows, verified: true });
});

describe('a switch that lost rows without a word', () => {
  test('is restored by the verification of the next change', async () => {
    await attached({ verifyDelay: 10 }, async (at) => {
      at.model.lose((name) => name.startsWith('flow 3/'));
      const outcome = outcomeOf(await at.controller.setDesired(() => ({ ...virtualIp(), flows: other.flows })));
      expect(outcome.verified).toBe(false);
      await until(() => at.told.verified.at(-1) === true, 'the verification');
      expect(at.told.reconciliations.at(-1)?.changes).toHaveLength(2);
      expectCarried(at, { ...virtualIp(), flows: other.flows });
    });
  });

  test('and refuses a change because of it, is read and gets all at once', async () => {
    await attached({}, async (at) => {
      at.model.lose((name) => name === `group ${GROUP}`);
      const outcome = outcomeOf(await at.controller.setDesired(() => other));
      expect(outcome.verified).toBe(true);
      expect(names(outcome)).toContain(`add group 0x${GROUP.toString(16)}`);
      expectCarried(at, other);
      expect(at.told.failures).toEqual([]);
    });
  });
});

const aState = fc.record({
  hosts: fc.array(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'), { minLength: 1, maxLength: 3 }),
  groups: fc.integer({ min: 0, max: 3 }),
  flows: fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { maxLength: 6 }),
  cookie: fc.constantFrom(1n, 2n),
});

function stateOf({
  hosts,
  groups,
  flows,
  cookie,
}: typeof aState extends fc.Arbitrary<infer S> ? S : never): DesiredState {
  return {
    groups: Array.from({ length: groups }, (_, index) =>
      group(hosts.slice(index % hosts.length), { groupId: GROUP + index }),
    ),
    flows: flows.map((priority) => {
      const way = priority < groups ? apply({ type: 'group', groupId: GROUP + priority }) : flow().instructions;
      return flow({ priority, cookie: COOKIE_MARK | (priority % 2 === 0 ? cookie : 3n), instructions: way });
    }),
  };
}

const aStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('want' as const), state: aState }) },
  fc.record({ do: fc.constant('lose' as const), every: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('doubt' as const) }),
  fc.record({ do: fc.constant('role' as const) }),
);

test('whatever is wanted in turn and lost meanwhile, the switch ends with what is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 8 }), aState, async (steps, last) => {
      await attached({ verifyDelay: 1 }, async (at) => {
        let generation = 1n;
        for (const step of [...steps, { do: 'want', state: last } as const]) {
          if (step.do === 'want') {
            const outcome = outcomeOf(await at.controller.setDesired(() => stateOf(step.state)));
            if (outcome.verified && outcome.changes.length > 0) expectCarried(at, stateOf(step.state));
            // Where nothing is changed nothing is verified: what was lost is found by the next look that is due.
            if (outcome.changes.length === 0) await at.controller.reconcile();
          } else if (step.do === 'doubt') at.connection.send(flowRemoved(COOKIE_MARK));
          else if (step.do === 'role') await at.controller.datapaths.get(1n)?.requestRole('master', ++generation);
          else {
            let nth = 0;
            at.model.lose(() => nth++ % step.every === 0);
          }
        }
        await until(() => at.told.verified.at(-1) === true, 'the verification');
        expectCarried(at, stateOf(last));
        // Rows may have been lost between a change and its reading back: it is told, and tried again.
        expect(at.told.codes.filter((code) => code !== 'switch-read-back')).toEqual([]);
      });
    }),
    { numRuns: 40 },
  );
});
