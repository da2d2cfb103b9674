import { type ClusterSnapshot, EMPTY_HISTORY, GIB, MIB, type Migration, type MigrationProgress } from '@ballast/core';
import { explain, remember } from '@ballast/planner';
import {
  changeGuest,
  changeNode,
  DEFAULT_TOKEN,
  DEFAULT_USER,
  type ReplicationJob,
  type Simulator,
  syntheticWorld,
  withLock,
} from '@ballast/pve-simulator';
import { aBalancePolicy, aMigration, aWeightPolicy } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { decideOnFacts } from '../../packages/operator/src/decide/candidates.ts';
import { type Rig, rig, stopRigs } from './proxmox-rig.ts';

afterEach(stopRigs);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}

const posts = (simulator: Simulator): number => simulator.requestLog.filter(({ method }) => method === 'POST').length;
const placeOf = (snapshot: ClusterSnapshot, id: number): string | undefined =>
  snapshot.guests.find((guest) => guest.id === id)?.node;

describe('guests that were given what not every processor has', () => {
  const OLD = 'fpu sse4_1 sse4_2 ssse3 pni popcnt aes';

  it.each([
    ['host', { cpuModel: 'Intel(R) Xeon(R) Gold 6348' }, 'its CPU type is host, and the processors differ'],
    ['host', { cpuFlags: OLD }, 'its CPU type is host, and the processor there lacks vme, de, pse and'],
    ['x86-64-v3', { cpuFlags: OLD }, 'its CPU type x86-64-v3 needs avx, avx2, bmi1 and 6 more'],
    ['x86-64-v2-AES', { cpuFlags: OLD }, undefined],
  ])('of type %s are kept off a node with %o', async (type, processor, said) => {
    const { cluster, simulator } = await rig();
    simulator.update((before) => {
      let world = changeNode(before, 'pve2', (node) => ({ ...node, ...processor }));
      for (const guest of world.guests.filter(({ node }) => node === 'pve1')) {
        world = changeGuest(world, guest.id, (one) => ({ ...one, options: { ...one.options, cpu: type } }));
      }
      return world;
    });
    const settings = { balance: aBalancePolicy({ sustain: 1 }), weights: aWeightPolicy(), services: [] };
    const snapshot = await cluster.source.observe();
    const history = remember(EMPTY_HISTORY, snapshot, settings.balance);
    const input = { snapshot, history, settings, rules: snapshot.rules, now: snapshot.takenAt, inFlight: [] };
    const { plan, assessment } = await decideOnFacts(input, cluster.source);
    expect(plan.steps.length).toBeGreaterThan(0);
    expect(plan.steps.some((step) => step.to === 'pve2')).toBe(said === undefined);
    const guest = plan.steps[0]?.guest ?? 0;
    const { targets } = explain({
      assessment,
      history,
      policy: settings.balance,
      rules: [],
      now: input.now,
      guest,
      plan: { ...plan, steps: [] },
    });
    const verdict = targets.find(({ node }) => node === 'pve2');
    expect(verdict).toMatchObject(said === undefined ? { allowed: true } : { code: 'cpu-type' });
    expect(verdict?.detail).toContain(said ?? 'Allowed');
    // Three nodes have three processors, whoever asks.
    const status = (): number => simulator.requestLog.filter(({ path }) => /nodes\/[^/]+\/status/.test(path)).length;
    expect(status()).toBe(said === undefined ? 0 : 3);
    await cluster.source.inspect(plan.steps.map((step) => step.guest));
    expect(status()).toBe(said === undefined ? 0 : 3);
  });
});

describe('observing', () => {
  it('sees the cluster as it is', async () => {
    const { cluster, simulator } = await rig();
    const snapshot = await cluster.source.observe();
    expect(snapshot.nodes.map(({ name, status }) => [name, status])).toEqual([
      ['pve1', 'online'],
      ['pve2', 'online'],
      ['pve3', 'online'],
    ]);
    const [hot, calm] = snapshot.nodes;
    expect((hot?.usage.cpu ?? 0) / (hot?.capacity.cpu ?? 1)).toBeGreaterThan(0.9);
    expect((calm?.usage.cpu ?? 0) / (calm?.capacity.cpu ?? 1)).toBeLessThan(0.6);
    // What the guests of a node use is most of what the node uses, in the same unit: cores.
    const guests = snapshot.guests.filter((guest) => guest.node === 'pve1');
    const used = guests.reduce((sum, guest) => sum + guest.usage.cpu, 0);
    expect(used / (hot?.usage.cpu ?? 1)).toBeGreaterThan(0.8);
    expect(used / (hot?.usage.cpu ?? 1)).toBeLessThanOrEqual(1.02);
    expect(guests[0]).toMatchObject({ name: 'orders-01', pool: 'shop', tags: ['orders', 'web'] });
    expect(simulator.requestLog.filter(({ status }) => status >= 400)).toEqual([]);
    expect(await cluster.version()).toBe(simulator.world.version);
  });

  it('of 50 nodes and 2000 guests needs at most 60 requests, and tells the pressure of each node', async () => {
    const { cluster, simulator, pass } = await rig({ world: syntheticWorld({ nodes: 50, guests: 2000 }) });
    simulator.advance(120_000);
    const before = simulator.requests;
    const snapshot = await cluster.source.observe();
    expect([snapshot.nodes.length, snapshot.guests.length]).toEqual([50, 2000]);
    expect(simulator.requests - before).toBeLessThanOrEqual(60);
    expect(snapshot.nodes.filter((node) => node.pressure === undefined)).toEqual([]);
    // In between, while the minute lasts, it takes a handful.
    await pass(250);
    const first = simulator.requests;
    await cluster.source.observe();
    expect(simulator.requests - first).toBeLessThan(10);
  });

  it('is possible with a password too, and survives tickets that expire', async () => {
    const auth = { kind: 'ticket', username: DEFAULT_USER.name, password: DEFAULT_USER.password } as const;
    const { cluster, simulator } = await rig({}, () => ({ auth }));
    await cluster.source.observe();
    simulator.fail({ kind: 'tickets-expired' });
    simulator.advance(10_000);
    await cluster.source.observe();
    expect(posts(simulator)).toBe(2);
  });

  it('is possible with the CA in place of a fingerprint', async () => {
    const { cluster } = await rig({}, ({ ca }) => ({ tls: { ca } }));
    expect((await cluster.source.observe()).quorate).toBe(true);
  });

  it('goes on through another node when one breaks', async () => {
    const { cluster, simulator, warnings } = await rig({ entryPoints: 2 });
    await cluster.source.observe();
    const heal = simulator.fail({ kind: 'entry-down', entry: 0 });
    await cluster.source.observe();
    expect(warnings).toHaveLength(1);
    heal();
  });

  it('takes one answer for a request that was struck once', async () => {
    const { cluster, simulator, until } = await rig();
    for (const kind of ['reset', 'cut', 'garbage', 'lost-answer'] as const) {
      simulator.fail({ kind, path: '/cluster/tasks' });
      expect((await until(cluster.source.observe())).guests).toHaveLength(12);
    }
    simulator.fail({ kind: 'status', status: 595, reason: 'Connection refused', path: '/cluster/options' });
    expect((await until(cluster.source.observe())).guests).toHaveLength(12);
  });

  it('is refused without quorum, and by a token that was revoked', async () => {
    const { cluster, simulator } = await rig();
    const heal = simulator.fail({ kind: 'quorum-lost' });
    expect(await codeOf(cluster.source.observe())).toBe('snapshot-no-quorum');
    heal();
    simulator.fail({ kind: 'token-revoked', token: DEFAULT_TOKEN.id });
    expect(await codeOf(cluster.source.observe())).toBe('proxmox-unauthorized');
  });

  it('is refused to a token without rights', async () => {
    const tokens = [{ ...DEFAULT_TOKEN, role: 'NoAccess' as const }];
    const { cluster } = await rig({ tokens });
    expect(await codeOf(cluster.source.observe())).toBe('proxmox-forbidden');
  });

  it('is refused when a node falls silent, and taken up again when it speaks', async () => {
    const { cluster, simulator, pass } = await rig();
    await pass(10_000);
    await cluster.source.observe();
    const heal = simulator.fail({ kind: 'stats-stale', node: 'pve2' });
    const codes: string[] = [];
    for (let round = 0; round < 4; round++) {
      await pass(30_000);
      codes.push(await codeOf(cluster.source.observe()));
    }
    expect(codes.slice(0, 2)).toEqual(['none', 'none']);
    expect(codes[3]).toMatch(/^snapshot-(stale|incomplete)$/);
    heal();
    await pass(30_000);
    expect(await codeOf(cluster.source.observe())).toBe('none');
  });

  it('takes a node that went down as offline', async () => {
    const { cluster, simulator } = await rig();
    simulator.fail({ kind: 'node-down', node: 'pve3' });
    const { nodes, guests } = await cluster.source.observe();
    expect(nodes.map(({ status }) => status)).toEqual(['online', 'online', 'offline']);
    expect(guests.filter((guest) => guest.node === 'pve3').map(({ status }) => status)).toEqual(
      Array(4).fill('unknown'),
    );
  });
});

describe('inspecting', () => {
  it('finds local disks and devices, and addresses', async () => {
    const { cluster, simulator } = await rig();
    simulator.update((world) =>
      changeGuest(
        changeGuest(world, 101, (guest) => ({
          ...guest,
          localDisks: [{ volume: 'local-lvm:vm-101-disk-0', size: 2 * MIB }],
        })),
        102,
        (guest) => ({ ...guest, localResources: ['hostpci0'], agent: true, addresses: ['10.7.0.2'] }),
      ),
    );
    const [disks, device] = await cluster.source.inspect([101, 102]);
    expect(disks).toMatchObject({ guest: 101, localDiskBytes: 2 * MIB, localResources: [] });
    expect(device).toMatchObject({ guest: 102, localDiskBytes: 0, localResources: ['hostpci0'] });
    expect((await cluster.source.addresses([102]))[102]?.[0]).toBe('10.7.0.2');
  });
});

describe('choosing a target', () => {
  const step = (to: string): Migration => aMigration(101, 'pve1', to, { guestName: 'orders-01' });
  /** Guest 101 with a disk of its own node, on a storage that every node has. */
  const withDisk = async (size: number, targetStorage?: string): Promise<Rig> => {
    const migration = { localDisks: true, ...(targetStorage === undefined ? {} : { targetStorage }) };
    // To choose a storage takes rights that the operator's role does not have.
    const made = await rig({ tokens: [{ ...DEFAULT_TOKEN, role: 'Administrator' }] }, () => ({ migration }));
    const localDisks = [{ volume: 'local-lvm:vm-101-disk-0', size }];
    made.simulator.update((world) => changeGuest(world, 101, (guest) => ({ ...guest, localDisks })));
    return made;
  };
  const replicated = (lastSync?: number): ReplicationJob => {
    const run = lastSync === undefined ? {} : { lastSync };
    return {
      id: '101-0',
      guest: 101,
      target: 'pve2',
      schedule: '*/15',
      disabled: false,
      nextSync: 9e15,
      failCount: 0,
      log: [],
      ...run,
    };
  };

  it('a replicated guest goes to its replica alone, and its disks are there already', async () => {
    const { cluster, simulator, until } = await withDisk(20 * GIB);
    simulator.update((world) => ({ ...world, replications: [replicated(world.now)] }));
    await cluster.source.observe();
    const words = 'the guest is replicated to pve2, and not to there';
    expect(await cluster.source.inspect([101])).toMatchObject([{ refusedNodes: { pve3: words }, replicas: ['pve2'] }]);
    expect(await cluster.migrator.validate(step('pve3'))).toEqual([
      { guest: 101, code: 'refused', detail: `Not to pve3: ${words}.` },
    ]);
    // Whoever asks all the same is refused.
    expect(await codeOf(until(cluster.migrator.start(step('pve3'))))).toBe('proxmox-not-replicated');
    expect(await cluster.migrator.validate(step('pve2'))).toEqual([]);
    const outcome = await until(cluster.migrator.follow(await cluster.migrator.start(step('pve2'))));
    expect(outcome.result).toBe('done');
    // The job runs the other way now.
    simulator.advance(30_000);
    await cluster.source.observe();
    const [back] = await cluster.source.inspect([101]);
    expect([back?.replicas, Object.keys(back?.refusedNodes ?? {})]).toEqual([['pve1'], ['pve3']]);
  });

  it.each([
    ['the storage of the same name', undefined, 'local-lvm'],
    ['the storage that was chosen', 'local-lvm:tank', 'tank'],
  ])('a node without room on %s is refused before disks are half copied', async (_what, targetStorage, name) => {
    const { cluster, simulator, until } = await withDisk(20 * GIB, targetStorage);
    const tank = { ...simulator.world.storages.find(({ storage }) => storage === 'local-lvm'), storage: 'tank' };
    simulator.update((world) => ({ ...world, storages: [...world.storages, tank as (typeof world.storages)[number]] }));
    const used = (size: number): number => size - 19 * GIB;
    simulator.update((world) => ({
      ...world,
      storages: world.storages.map((entry) => (entry.storage === name ? { ...entry, used: used(entry.size) } : entry)),
    }));
    await cluster.source.observe();
    const words = `storage ${name} has 19.0 GiB free there, and its disks need 20.0 GiB`;
    expect((await cluster.source.inspect([101]))[0]?.refusedNodes).toEqual({ pve2: words, pve3: words });
    expect(await cluster.migrator.validate(step('pve2'))).toEqual([
      { guest: 101, code: 'no-room', detail: `Not to pve2: ${words}.` },
    ]);
    const outcome = await until(cluster.migrator.follow(await cluster.migrator.start(step('pve2'))));
    expect(outcome).toMatchObject({ result: 'failed', detail: expect.stringContaining('not enough space') });
  });

  it('a shared storage that a node lacks is told by the preconditions', async () => {
    const { cluster, simulator } = await rig();
    simulator.update((world) => ({
      ...world,
      storages: world.storages.map((entry) => (entry.shared ? { ...entry, nodes: ['pve1', 'pve3'] } : entry)),
    }));
    await cluster.source.observe();
    expect((await cluster.source.inspect([101]))[0]?.refusedNodes).toEqual({ pve2: 'storage ceph is missing there' });
    expect(await codeOf(cluster.migrator.start(step('pve2')))).toBe('proxmox-storage');
  });
});

describe('migrating', () => {
  const step = aMigration(101, 'pve1', 'pve2', { guestName: 'orders-01' });

  it('carries a guest over, tells how far it is, and leaves it there', async () => {
    const { cluster, simulator, until } = await rig();
    await cluster.source.observe();
    expect(await cluster.migrator.validate(step)).toEqual([]);
    const task = await cluster.migrator.start(step);
    const seen: MigrationProgress[] = [];
    const outcome = await until(cluster.migrator.follow(task, { onProgress: (progress) => seen.push(progress) }));
    expect(outcome.result).toBe('done');
    expect(outcome.downtime).toBeGreaterThan(0);
    expect(outcome.transferred).toBeGreaterThan(0);
    const ratios = seen.map(({ ratio }) => ratio);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    expect(ratios.some((ratio) => ratio > 0 && ratio < 1)).toBe(true);
    expect(ratios.at(-1)).toBe(1);
    simulator.advance(20_000);
    expect(placeOf(await cluster.source.observe(), 101)).toBe('pve2');
    expect(posts(simulator)).toBe(1);
  });

  it('shows the migration among the tasks and the guest as locked, while it lasts', async () => {
    const { cluster, simulator } = await rig();
    const task = await cluster.migrator.start(step);
    simulator.advance(1000);
    const snapshot = await cluster.source.observe();
    expect(snapshot.tasks).toEqual([expect.objectContaining({ id: task.id, type: 'qmigrate', guest: 101 })]);
    expect(snapshot.guests.find((guest) => guest.id === 101)?.lock).toBe('migrate');
    expect(await cluster.migrator.validate(step)).toEqual([
      { guest: 101, code: 'locked', detail: 'The guest is locked: migrate.' },
    ]);
  });

  it('can be aborted', async () => {
    const { cluster, simulator, until } = await rig();
    const task = await cluster.migrator.start(step);
    const following = cluster.migrator.follow(task);
    simulator.advance(500);
    await cluster.migrator.abort(task);
    expect((await until(following)).result).toBe('aborted');
    simulator.advance(20_000);
    expect(placeOf(await cluster.source.observe(), 101)).toBe('pve1');
  });

  it('that fails says why', async () => {
    const { cluster, simulator, until } = await rig();
    simulator.fail({ kind: 'migration-fails', reason: 'the cable was pulled' });
    const task = await cluster.migrator.start(step);
    const outcome = await until(cluster.migrator.follow(task));
    expect(outcome.result).toBe('failed');
    expect(outcome.detail).toContain('the cable was pulled');
  });

  it('whose answer was lost is found again and not asked for twice', async () => {
    const { cluster, simulator, until } = await rig();
    simulator.fail({ kind: 'lost-answer', method: 'POST', path: '/migrate' });
    const task = await until(cluster.migrator.start(step));
    expect((await until(cluster.migrator.follow(task))).result).toBe('done');
    expect(posts(simulator)).toBe(1);
  });

  it('whose request was broken off is not sent again', async () => {
    const { cluster, simulator, until } = await rig();
    simulator.fail({ kind: 'reset', method: 'POST', path: '/migrate' });
    expect(await codeOf(until(cluster.migrator.start(step)))).toBe('proxmox-outcome-unknown');
    expect(posts(simulator)).toBe(1);
    expect(simulator.world.migrations).toEqual([]);
  });

  it('through the HA manager follows the task that the manager starts', async () => {
    const { cluster, simulator, until } = await rig();
    simulator.update((world) =>
      changeGuest(world, 101, (guest) => ({
        ...guest,
        ha: { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true },
      })),
    );
    expect((await cluster.source.observe()).guests.find((guest) => guest.id === 101)?.haState).toBe('started');
    expect(await cluster.migrator.validate(step)).toEqual([]);
    const task = await cluster.migrator.start(step);
    expect(task.id).toContain(':hamigrate:');
    const outcome = await until(cluster.migrator.follow(task));
    expect(outcome).toMatchObject({ result: 'done' });
    expect(outcome.transferred).toBeGreaterThan(0);
    simulator.advance(20_000);
    expect(placeOf(await cluster.source.observe(), 101)).toBe('pve2');
  });

  it('restarts a container', async () => {
    const { cluster, simulator, until } = await rig();
    simulator.update((world) => changeGuest(world, 101, (guest) => ({ ...guest, kind: 'lxc' })));
    const restart = { ...step, kind: 'lxc', mode: 'restart' } as const;
    await cluster.source.observe();
    expect(await cluster.migrator.validate(restart)).toEqual([]);
    const task = await cluster.migrator.start(restart);
    expect(task.id).toContain(':vzmigrate:');
    expect((await until(cluster.migrator.follow(task))).result).toBe('done');
    expect(simulator.world.guests.find((guest) => guest.id === 101)).toMatchObject({ node: 'pve2', status: 'running' });
  });

  it.each([
    ['a lock', (world: Simulator['world']) => withLock(world, 101, 'backup'), 'locked'],
    [
      'a device',
      (world: Simulator['world']) => changeGuest(world, 101, (guest) => ({ ...guest, localResources: ['usb0'] })),
      'local-resource',
    ],
    [
      'a local disk',
      (world: Simulator['world']) =>
        changeGuest(world, 101, (guest) => ({ ...guest, localDisks: [{ volume: 'local-lvm:d', size: 1 }] })),
      'local-disk',
    ],
    [
      'a stopped guest',
      (world: Simulator['world']) => changeGuest(world, 101, (guest) => ({ ...guest, status: 'stopped' as const })),
      'not-running',
    ],
    [
      'a target that is down',
      (world: Simulator['world']) => changeNode(world, 'pve2', (node) => ({ ...node, online: false })),
      'refused',
    ],
  ])('is not started against %s', async (_what, change, code) => {
    const { cluster, simulator } = await rig();
    simulator.update(change);
    expect((await cluster.migrator.validate(step)).map((blocker) => blocker.code)).toEqual([code]);
  });

  it('to a node that does not exist is refused in plain words', async () => {
    const { cluster } = await rig();
    await expect(cluster.migrator.start({ ...step, to: 'pve9' })).rejects.toThrow(
      'Expected a node of the cluster, got pve9, which it does not know.',
    );
  });

  it('without the right to is refused by name', async () => {
    const { cluster } = await rig({ tokens: [{ ...DEFAULT_TOKEN, role: 'PVEAuditor' }] });
    await expect(cluster.migrator.start(step)).rejects.toThrow(
      `Expected token ${DEFAULT_TOKEN.id} to have VM.Migrate on /vms/101, which POST /nodes/pve1/qemu/101/migrate needs, got 403 (Permission check failed (/vms/101, VM.Migrate)).`,
    );
  });
});
