import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DEFAULTS } from '@ballast/config';
import type { ClusterSnapshot, Guest, GuestFacts, History, MoveRecord, Node, Rule } from '@ballast/core';
import { syntheticWorld } from '@ballast/pve-simulator';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { readRecorded } from '../src/recorded/read.ts';
import { type Recorded, SNAPSHOT_SCHEMA } from '../src/recorded/recorded.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal } from './terminal.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'recorded-written-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const file = path.join(directory, 'x.json');

const text = fc.string();
const figure = fc.double({ min: -1, max: 1e12, noNaN: true });
const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
const above = fc.double({ min: 0.5, max: 1e12, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const id = fc.integer({ min: 100, max: 999_999_999 });
const usage = fc.record({ cpu: figure, memory: figure });
const bothWays = fc.record({ received: amount, sent: amount });
const byName = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), of, { noNullPrototype: true });

const nodes: fc.Arbitrary<readonly Node[]> = fc.uniqueArray(
  fc
    .record(
      {
        name: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
        status: fc.constantFrom<Node['status']>('online', 'offline'),
        maintenance: fc.boolean(),
        drained: fc.boolean(),
        capacity: fc.record({ cpu: above, memory: above }),
        usage,
        pressure: fc.record({ cpuSome: share, memorySome: share, memoryFull: share, ioSome: share, ioFull: share }),
        free: byName(amount),
        labels: byName(text),
      },
      { requiredKeys: ['name', 'status', 'maintenance', 'capacity', 'usage'] },
    )
    // Proxmox VE tells no capacity of a node that is offline.
    .map((node) => (node.status === 'online' ? node : { ...node, capacity: { cpu: 0, memory: 0 } })),
  { selector: (node) => node.name, minLength: 1 },
);

const guestsOn = (known: readonly Node[]): fc.Arbitrary<readonly Guest[]> =>
  fc.uniqueArray(
    fc.record(
      {
        id,
        kind: fc.constantFrom<Guest['kind']>('qemu', 'lxc'),
        name: text,
        node: fc.constantFrom(...known.map((node) => node.name)),
        status: fc.constantFrom<Guest['status']>('running', 'stopped', 'paused', 'unknown'),
        template: fc.boolean(),
        capacity: fc.record({ cpu: amount, memory: amount }),
        usage,
        uptime: amount,
        carried: bothWays,
        tags: fc.array(text),
        pool: text,
        lock: text,
        haState: text,
      },
      {
        requiredKeys: ['id', 'kind', 'name', 'node', 'status', 'template', 'capacity', 'usage', 'uptime', 'tags'],
      },
    ),
    { selector: (guest) => guest.id },
  );

const facts: fc.Arbitrary<GuestFacts> = fc.record(
  {
    guest: id,
    digest: text,
    localDiskBytes: amount,
    needs: byName(amount),
    localResources: fc.array(text),
    refusedNodes: byName(text),
    otherProcessor: fc.array(text),
    replicas: fc.array(text),
    dirtyRate: amount,
  },
  { requiredKeys: ['guest', 'digest', 'localDiskBytes', 'localResources', 'refusedNodes'] },
);

const ruled = {
  source: fc.record({ kind: fc.constantFrom<Rule['source']['kind']>('tag', 'config', 'ha'), name: text }),
  guests: fc.array(id),
};
const grouped = { requiredKeys: ['kind', 'source', 'guests'] } as const satisfies { requiredKeys: readonly string[] };
const rules: fc.Arbitrary<readonly Rule[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('pin' as const), ...ruled, nodes: fc.array(text) }),
    fc.record({ kind: fc.constant('ignore' as const), ...ruled }),
    fc.record(
      { kind: fc.constant('affinity' as const), ...ruled, topology: text },
      { requiredKeys: [...grouped.requiredKeys] },
    ),
    fc.record(
      { kind: fc.constant('anti-affinity' as const), ...ruled, topology: text },
      { requiredKeys: [...grouped.requiredKeys] },
    ),
  ),
);

const shift = fc.record({ from: figure, to: figure });
const moves: fc.Arbitrary<readonly MoveRecord[]> = fc.array(
  fc.record(
    {
      guest: id,
      from: text,
      to: text,
      startedAt: amount,
      foundAt: amount,
      endedAt: amount,
      outcome: fc.constantFrom<MoveRecord['outcome']>('running', 'done', 'failed', 'aborted'),
      state: fc.constant('verifying' as const),
      reason: fc.constant('even-out' as const),
      why: fc.array(text),
      verified: fc.record({ expected: shift, observed: shift, kept: fc.boolean() }),
      memory: amount,
      disks: amount,
    },
    { requiredKeys: ['guest', 'from', 'to', 'startedAt', 'outcome'] },
  ),
);
const history: fc.Arbitrary<History> = fc.record({
  nodes: byName(fc.record({ smoothed: usage, roundsOver: fc.nat() })),
  guests: fc.dictionary(
    id.map(String),
    fc.record(
      {
        smoothed: usage,
        samples: fc.nat(),
        node: text,
        network: fc.record(
          { carried: bothWays, since: amount, rate: bothWays },
          { requiredKeys: ['carried', 'since'] },
        ),
      },
      { requiredKeys: ['smoothed', 'samples', 'node'] },
    ),
    { noNullPrototype: true },
  ),
  moves,
  weights: byName(share),
});

const snapshot: fc.Arbitrary<ClusterSnapshot> = nodes.chain((known) =>
  fc.record({
    id: text,
    takenAt: fc.integer({ min: 0, max: 4e12 }),
    cluster: text,
    quorate: fc.boolean(),
    nodes: fc.constant(known),
    guests: guestsOn(known),
    rules,
    tasks: fc.array(
      fc.record(
        { id: text, node: text, type: text, guest: id, startedAt: amount },
        { requiredKeys: ['id', 'node', 'type', 'startedAt'] },
      ),
    ),
    nativeBalancer: fc.record({ active: fc.boolean(), guests: fc.array(id) }),
    facts: fc.dictionary(id.map(String), facts, { noNullPrototype: true }),
  }),
);
const recorded: fc.Arbitrary<Recorded> = fc.record({
  snapshot,
  rules,
  history,
  balance: fc.constant(DEFAULTS.balance),
});

/** Plans for what `ballast snapshot` writes of a cluster. */
async function planned({ config }: Pick<TestCluster, 'config'>): Promise<readonly [number, string]> {
  const terminal = aTerminal({ env: ENV });
  expect(await run(['--config', config, 'snapshot'], terminal)).toBe(0);
  writeFileSync(file, terminal.out());
  const again = aTerminal({ env: ENV });
  return [await run(['plan', '--snapshot', file], again), again.err()];
}

describe('what `ballast snapshot` writes', () => {
  it('is read again, whatever the types of the core allow', () => {
    fc.assert(
      fc.property(recorded, (written) => {
        const text = JSON.stringify({ schema: SNAPSHOT_SCHEMA, ...written });
        writeFileSync(file, text);
        expect(readRecorded(file)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is planned for, with every option of the balance section and a node that is offline', async () => {
    const cluster = await aCluster(syntheticWorld({ nodes: 5, guests: 40, containers: 0.3 }));
    try {
      const rows = [
        'balance:',
        '  { profile: balance, reserve: enforce, maxGuests: 30, localDisks: true, containers: true, coexistence: exclusive,',
        '    network: { capacity: 10 Gbit/s } }',
        `rules: [{ name: all, kind: anti-affinity, match: { guests: [100, 101] } }]`,
      ];
      const config = await cluster.configWith(rows.join('\n'));
      expect(await planned({ config })).toEqual([0, '']);
      const [node] = cluster.simulator.world.nodes.slice(-1);
      cluster.simulator.fail({ kind: 'node-down', node: node?.name ?? '' });
      expect(await planned({ config })).toEqual([0, '']);
      expect(readRecorded(file).snapshot.nodes.map((each) => each.status)).toContain('offline');
    } finally {
      await cluster.stop();
    }
  });
});
