import { afterEach, describe, expect, it } from 'vitest';
import { changeGuest, demoWorld, guestOf, type World, type WorldGuest } from '../../src/index.ts';
import { type Rig, startRig } from '../support/rig.ts';

const MACHINE = '/nodes/pve1/qemu/101';
const CONTAINER = '/nodes/pve1/lxc/102';
const GIB = 2 ** 30;

let rig: Rig;
afterEach(() => rig.simulator.stop());

/** The demo's shop, where 102 is a container and 101 is as it is told. */
async function start(change: Partial<WorldGuest> = {}, more: Partial<World> = {}): Promise<void> {
  const world = changeGuest(demoWorld(1), 102, (guest) => ({ ...guest, kind: 'lxc' }));
  rig = await startRig({ ...changeGuest(world, 101, (guest) => ({ ...guest, ...change })), ...more });
}

const guest = (id = 101): WorldGuest => guestOf(rig.simulator.world, id) as WorldGuest;

describe('a configuration', () => {
  it('has a digest that a change must name rightly', async () => {
    await start();
    const before = await rig.data<{ digest: string }>('GET', `${MACHINE}/config`);
    await rig.data('PUT', `${MACHINE}/config`, { description: 'first', digest: before.digest });
    const after = await rig.data<{ digest: string; description: string }>('GET', `${MACHINE}/config`);
    expect(after.description).toBe('first');
    expect(after.digest).not.toBe(before.digest);
    expect(await rig.ask('PUT', `${MACHINE}/config`, { description: 'second', digest: before.digest })).toMatchObject({
      status: 500,
      reason: 'checksum mismatch (file change by other user?)',
    });
  });

  it('is closed while the guest is locked', async () => {
    await start({ lock: 'backup' });
    expect(await rig.ask('PUT', `${MACHINE}/config`, { cores: 2 })).toMatchObject({ reason: 'VM is locked (backup)' });
  });

  it('of a running machine waits for a restart, unless the machine takes it at once', async () => {
    await start();
    await rig.data('PUT', `${MACHINE}/config`, { cores: 2, name: 'shop-01', memory: 2048 });
    expect([guest().vcpus, guest().name]).toEqual([8, 'shop-01']);
    const pending = await rig.data<{ key: string; value?: unknown; pending?: unknown }[]>('GET', `${MACHINE}/pending`);
    expect(pending.filter((row) => row.pending !== undefined)).toEqual([
      { key: 'cores', value: 8, pending: 2 },
      { key: 'memory', value: '6144', pending: '2048' },
    ]);
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/status/reboot`))).toBe('OK');
    expect([guest().vcpus, guest().memory, guest().pending]).toEqual([2, 2 * GIB, undefined]);
  });

  it('of a running machine takes vCPUs and memory where it is set up for it', async () => {
    await start({ options: { hotplug: 'network,disk,usb,cpu,memory', numa: 1 } });
    await rig.data('PUT', `${MACHINE}/config`, { vcpus: 4, memory: 8192 });
    expect([guest().vcpus, guest().memory, guest().pending]).toEqual([4, 8 * GIB, undefined]);
    const answer = await rig.ask('PUT', `${MACHINE}/config`, { vcpus: 9 });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.parse(answer.body)).toMatchObject({
      errors: { vcpus: "hotplug problem - you can't add more vcpus than maxcpus" },
    });
  });

  it('of a container is changed at once, and what is deleted is gone', async () => {
    await start();
    await rig.data('PUT', `${CONTAINER}/config`, { cores: 2, description: 'a box' });
    expect(guest(102).vcpus).toBe(2);
    await rig.data('PUT', `${CONTAINER}/config`, { delete: 'description' });
    expect(await rig.data('GET', `${CONTAINER}/config`)).not.toHaveProperty('description');
  });

  it('goes back on what waits, and is changed by a task too', async () => {
    await start();
    await rig.data('PUT', `${MACHINE}/config`, { cores: 2 });
    await rig.data('PUT', `${MACHINE}/config`, { revert: 'cores' });
    expect(guest().pending).toBeUndefined();
    const upid = await rig.data<string>('POST', `${MACHINE}/config`, { tags: 'a;b' });
    expect([upid.split(':')[5], await rig.ended(upid), guest().tags]).toEqual(['qmconfig', 'OK', ['a', 'b']]);
  });
});

describe('power', () => {
  it('stops, starts, suspends and resumes, each by a task', async () => {
    await start();
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/status/suspend`))).toBe('OK');
    const rows = await rig.data<{ vmid: number; status: string }[]>('GET', '/cluster/resources?type=vm');
    expect(rows.find(({ vmid }) => vmid === 101)?.status).toBe('paused');
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/status/resume`))).toBe('OK');
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/status/shutdown`))).toBe('OK');
    expect(guest().status).toBe('stopped');
    expect(await rig.ask('POST', `${MACHINE}/status/shutdown`)).toMatchObject({ reason: 'VM 101 not running' });
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/status/start`))).toBe('OK');
    expect(guest().status).toBe('running');
    expect(rig.simulator.world.tasks.map(({ type }) => type)).toEqual([
      'qmsuspend',
      'qmresume',
      'qmshutdown',
      'qmstart',
    ]);
  });

  it('of a guest under the HA manager is asked of the manager', async () => {
    await start({ ha: { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } });
    const upid = await rig.data<string>('POST', `${MACHINE}/status/stop`);
    expect([upid.split(':')[5], await rig.ended(upid)]).toEqual(['hastop', 'OK']);
    expect([guest().status, guest().ha?.state, guest().ha?.crm]).toEqual(['stopped', 'stopped', 'stopped']);
  });
});

describe('a snapshot', () => {
  it('locks the guest while it is made, keeps the configuration, and can be gone back to', async () => {
    await start();
    const upid = await rig.data<string>('POST', `${MACHINE}/snapshot`, {
      snapname: 'before',
      description: 'an update',
    });
    expect(await rig.ask('POST', `${MACHINE}/snapshot`, { snapname: 'again' })).toMatchObject({
      reason: 'VM is locked (snapshot)',
    });
    expect([upid.split(':')[5], await rig.ended(upid)]).toEqual(['qmsnapshot', 'OK']);
    await rig.data('PUT', `${MACHINE}/config`, { name: 'after' });
    expect(await rig.data('GET', `${MACHINE}/config?snapshot=before`)).toMatchObject({ name: 'orders-01' });
    const list = await rig.data<{ name: string; parent?: string }[]>('GET', `${MACHINE}/snapshot`);
    expect(list.map(({ name, parent }) => [name, parent])).toEqual([
      ['before', undefined],
      ['current', 'before'],
    ]);
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/snapshot/before/rollback`))).toBe('OK');
    expect(guest().status).toBe('stopped');
    expect(await rig.ended(await rig.data<string>('DELETE', `${MACHINE}/snapshot/before`))).toBe('OK');
    expect(guest().snapshots).toEqual([]);
  });
});

describe('a migration', () => {
  const move = (form: Record<string, string | number> = {}): Promise<string> =>
    rig.data<string>('POST', `${MACHINE}/migrate`, { target: 'pve2', online: 1, ...form });
  const DISK = { volume: 'local-lvm:vm-101-disk-0', size: 8 * GIB };
  const SNAPSHOT = { name: 's', at: 0, description: '', vmstate: false, config: {} };

  it.each<{ name: string; change: Partial<WorldGuest>; form?: Record<string, number>; said: string }>([
    {
      name: 'a device',
      change: { localResources: ['hostpci0', 'usb0'] },
      said: "can't migrate VM which uses local devices: hostpci0, usb0",
    },
    {
      name: 'a mapped device',
      change: { mappedResources: { hostpci0: 'gpu' } },
      said: 'following mapped devices: hostpci0:gpu',
    },
    {
      name: 'an image in the drive',
      change: { cdrom: 'local:iso/debian.iso' },
      said: "can't migrate local disk 'local:iso/debian.iso': local cdrom image",
    },
    {
      name: 'a local disk',
      change: { localDisks: [DISK] },
      said: "can't live migrate attached local disks without with-local-disks option",
    },
    {
      name: 'a snapshot of a local disk',
      change: { localDisks: [DISK], snapshots: [SNAPSHOT] },
      form: { 'with-local-disks': 1 },
      said: 'online storage migration not possible if non-replicated snapshot exists',
    },
    {
      name: 'a disk that has no room there',
      change: { localDisks: [{ ...DISK, size: 5000 * GIB }] },
      form: { 'with-local-disks': 1 },
      said: "to storage 'local-lvm' failed - not enough space",
    },
  ])('stumbles over $name', async ({ change, form, said }) => {
    await start(change);
    const upid = await move(form);
    expect(await rig.ended(upid)).toBe('migration aborted');
    expect(rig.simulator.world.tasks.at(-1)?.log.join('\n')).toContain(said);
    expect([guest().node, guest().lock]).toEqual(['pve1', undefined]);
  });

  it('takes local disks along, to the storage that is named, and their room with them', async () => {
    await start({ localDisks: [DISK] });
    const used = (node: string): Promise<number> =>
      rig.data<{ used: number }>('GET', `/nodes/${node}/storage/local-lvm/status`).then((state) => state.used);
    const before = await used('pve1');
    expect(await rig.ended(await move({ 'with-local-disks': 1, targetstorage: 'local-lvm:local' }))).toBe('OK');
    expect(guest().localDisks).toEqual([{ ...DISK, volume: 'local:vm-101-disk-0' }]);
    expect(before - (await used('pve1'))).toBe(8 * GIB);
    expect(await rig.data('GET', '/nodes/pve2/storage/local/content?vmid=101')).toEqual([
      expect.objectContaining({ volid: 'local:vm-101-disk-0', size: 8 * GIB }),
    ]);
  });

  it('of a container with a bind mount does not begin', async () => {
    await start();
    rig.simulator.update((world) => changeGuest(world, 102, (g) => ({ ...g, options: { mp0: '/srv/data,mp=/data' } })));
    const upid = await rig.data<string>('POST', `${CONTAINER}/migrate`, { target: 'pve2', restart: 1 });
    expect(await rig.ended(upid)).toBe('migration aborted');
    expect(rig.simulator.world.tasks.at(-1)?.log.join('\n')).toContain("cannot migrate local bind mount point 'mp0'");
    expect(guest(102)).toMatchObject({ node: 'pve1', status: 'running' });
  });

  it('of many starts as many at once as it may', async () => {
    await start();
    const upid = await rig.data<string>('POST', '/nodes/pve1/migrateall', { target: 'pve3', 'max-workers': 2 });
    rig.simulator.advance(1500);
    expect(rig.simulator.world.migrations).toHaveLength(2);
    expect([upid.split(':')[5], await rig.ended(upid)]).toEqual(['migrateall', 'OK']);
    expect(rig.simulator.world.guests.filter(({ node }) => node === 'pve1')).toEqual([]);
  });
});

describe('replication', () => {
  const DISK = { volume: 'local-lvm:vm-101-disk-0', size: 64 * GIB };
  const create = (): Promise<unknown> =>
    rig.data('POST', '/cluster/replication', { id: '101-0', target: 'pve2', type: 'local', schedule: '*/5' });

  it('runs by its schedule, and counts what goes wrong', async () => {
    await start({ localDisks: [DISK] });
    await create();
    rig.simulator.advance(301_000);
    const state = await rig.data<{ fail_count: number; last_sync: number }>(
      'GET',
      '/nodes/pve1/replication/101-0/status',
    );
    expect(state.fail_count).toBe(0);
    expect(state.last_sync).toBeGreaterThan(rig.simulator.world.now / 1000 - 301);
    rig.simulator.fail({ kind: 'node-down', node: 'pve2' });
    rig.simulator.advance(700_000);
    const failed = await rig.data<{ fail_count: number; error: string }>('GET', '/nodes/pve1/replication/101-0/status');
    expect(failed.fail_count).toBeGreaterThan(0);
    expect(failed.error).toContain('root@pve2');
  });

  it('binds a running machine to its target, makes the way there short, and turns round', async () => {
    await start({ localDisks: [DISK] });
    await create();
    rig.simulator.advance(301_000);
    const path = `${MACHINE}/migrate`;
    expect(await rig.ask('POST', path, { target: 'pve3', online: 1, 'with-local-disks': 1 })).toMatchObject({
      status: 500,
      reason: "Cannot live-migrate replicated VM to node 'pve3' - not a replication target. Use 'force' to override.",
    });
    const upid = await rig.data<string>('POST', path, { target: 'pve2', online: 1, 'with-local-disks': 1 });
    expect(rig.simulator.world.migrations[0]?.diskBytes).toBeLessThan(2 * GIB);
    expect(await rig.ended(upid)).toBe('OK');
    expect(await rig.data('GET', '/cluster/replication')).toEqual([
      expect.objectContaining({ id: '101-0', source: 'pve2', target: 'pve1' }),
    ]);
  });

  it('takes room on its target when it is made, and none when the machine comes', async () => {
    await start({ localDisks: [DISK] });
    const used = async (node: string): Promise<number> => {
      const rows = await rig.data<{ id: string; disk: number }[]>('GET', '/cluster/resources', undefined);
      return rows.find(({ id }) => id === `storage/${node}/local-lvm`)?.disk ?? 0;
    };
    const before = await used('pve2');
    await create();
    rig.simulator.advance(301_000);
    expect((await used('pve2')) - before).toBe(DISK.size);
    rig.simulator.update((world) => ({
      ...world,
      storages: world.storages.map((entry) => (entry.shared ? entry : { ...entry, used: entry.size - DISK.size })),
    }));
    const form = { target: 'pve2', online: 1, 'with-local-disks': 1 };
    expect(await rig.ended(await rig.data<string>('POST', `${MACHINE}/migrate`, form))).toBe('OK');
  });
});
