import { GIB, MIB } from '@ballast/core';
import { describe, expect, it } from 'vitest';
import { changeGuest, failNextMigrations, loadOf, nodeDown, step, type World, withLock } from '../../src/index.ts';
import { stopTask } from '../../src/world/events.ts';
import { guest, migrating, node, shop, shopWithMemory, task, untilEnded } from '../support/worlds.ts';

const IDLE = { demand: { kind: 'constant', ratio: 0 }, trafficCores: 0 } as const;

describe('a live migration', () => {
  it("logs its phases in Proxmox VE's order", async () => {
    const start = migrating(shopWithMemory(4));
    const { world } = untilEnded(start.world, start.upid);
    await expect(task(world, start.upid).log.join('\n')).toMatchFileSnapshot('../golden/live-migration.log.txt');
  });

  it('takes the time that its memory needs on the network, and ends on the target without a lock', () => {
    const bandwidth = node(shop(), 'pve1').bandwidth;
    for (const memory of [2, 8, 32]) {
      const start = migrating(shopWithMemory(memory, IDLE));
      const { world, seconds } = untilEnded(start.world, start.upid);
      const transfer = (memory * GIB) / bandwidth;
      expect(seconds).toBeGreaterThanOrEqual(Math.floor(transfer + 3));
      expect(seconds).toBeLessThanOrEqual(Math.ceil(transfer + 5));
      expect(guest(world)).toMatchObject({ node: 'pve2', status: 'running' });
      expect(guest(world).lock).toBeUndefined();
      expect(world.migrations).toEqual([]);
    }
  });

  it('takes as long as memory x (1 - l^n) / (1 - l) says for a guest that dirties its memory', () => {
    const bandwidth = node(shop(), 'pve1').bandwidth;
    const start = migrating(shopWithMemory(16, { ...IDLE, dirtyRate: bandwidth / 2 }));
    const { seconds } = untilEnded(start.world, start.upid);
    // With l = 1/2 the series comes to twice the memory.
    expect(seconds).toBeGreaterThan((2 * 16 * GIB) / bandwidth);
    expect(seconds).toBeLessThan((2 * 16 * GIB) / bandwidth + 6);
  });

  it('doubles the allowed downtime again and again for a guest that dirties memory faster than it is sent', () => {
    const bandwidth = node(shop(), 'pve1').bandwidth;
    const start = migrating(shopWithMemory(4, { ...IDLE, dirtyRate: bandwidth * 2 }));
    const { world } = untilEnded(start.world, start.upid);
    const { log } = task(world, start.upid);
    const raised = log.filter((line) => line.includes('auto-increased downtime to continue migration'));
    expect(raised.map((line) => line.split(': ').at(-1))).toEqual([
      '200 ms',
      '400 ms',
      '800 ms',
      '1600 ms',
      '3200 ms',
      '6400 ms',
    ]);
    expect(log.some((line) => line.includes('VM dirties lots of memory'))).toBe(true);
    expect(downtimeOf(log)).toBeGreaterThan(3000);
  });

  it('shares the network with another from the same node', () => {
    const alone = migrating(shopWithMemory(16, IDLE));
    const first = migrating(shopWithMemory(16, IDLE));
    const other = changeGuest(first.world, 102, (g) => ({
      ...g,
      ...IDLE,
      memory: 16 * GIB,
      memoryDemand: { kind: 'constant', ratio: 1 },
    }));
    const both = migrating(step(other, 10), { guest: 102, to: 'pve3' });
    const slow = untilEnded(both.world, both.upid).seconds;
    expect(slow).toBeGreaterThan(1.7 * untilEnded(alone.world, alone.upid).seconds);
  });

  it('keeps to a bandwidth limit', () => {
    const start = migrating(shopWithMemory(2, IDLE), { bandwidthLimit: 100 * MIB });
    const { world, seconds } = untilEnded(start.world, start.upid);
    expect(seconds).toBeGreaterThan(20);
    expect(task(world, start.upid).log.some((line) => line.endsWith('migration speed limit: 100.0 MiB/s'))).toBe(true);
  });

  it('costs both nodes CPU while it sends, and holds memory on the target', () => {
    const before = shopWithMemory(32, IDLE);
    const during = step(migrating(before).world, 5000);
    expect(during.migrations[0]?.phase).toBe('copy');
    const cost = before.settings.migrationCores;
    for (const name of ['pve1', 'pve2']) {
      expect(asked(during, name) - asked(before, name)).toBeCloseTo(cost, 1);
    }
    expect(memory(during, 'pve2') - memory(before, 'pve2')).toBeCloseTo(32 * GIB, -6);
    expect(memory(during, 'pve1')).toBeCloseTo(memory(before, 'pve1'), -6);
  });

  it('begins its counters and uptime anew, and the first sample of its CPU reads 0', () => {
    const start = migrating(shopWithMemory(4));
    const before = guest(start.world).activity;
    let { world } = untilEnded(start.world, start.upid);
    const moved = guest(world);
    expect(moved.startedAt).toBeGreaterThan(start.world.now);
    expect(moved.activity.netIn).toBeLessThan(before.netIn);
    while (world.published.guests[101]?.node !== 'pve2') world = step(world, 1000);
    expect(world.published.guests[101]?.cpu).toBe(0);
    world = step(world, 10_000);
    expect(world.published.guests[101]?.cpu).toBeGreaterThan(0.3);
  });

  it('copies local disks first', () => {
    const localDisks = [{ volume: 'local-lvm:vm-101-disk-0', size: 11_000_000_000 }];
    const start = migrating(shopWithMemory(1, { ...IDLE, localDisks }), { withLocalDisks: true });
    const { world, seconds } = untilEnded(start.world, start.upid);
    expect(seconds).toBeGreaterThan(10);
    expect(task(world, start.upid).exit).toBe('OK');
    expect(task(world, start.upid).log.join('\n')).toMatch(
      /found local disk[\s\S]*starting storage migration[\s\S]*start migrate command/,
    );
  });
});

describe('a migration that goes wrong', () => {
  it.each([
    {
      name: 'passed-through devices',
      change: { localResources: ['hostpci0', 'usb0'] },
      line: "can't migrate VM which uses local devices: hostpci0, usb0",
    },
    {
      name: 'local disks without leave',
      change: { localDisks: [{ volume: 'local-lvm:vm-101-disk-0', size: GIB }] },
      line: "can't live migrate attached local disks without with-local-disks option",
    },
  ])('is aborted for $name, and the guest runs on', ({ change, line }) => {
    const start = migrating(shop(change));
    const { world } = untilEnded(start.world, start.upid);
    expect(task(world, start.upid)).toMatchObject({ exit: 'migration aborted' });
    expect(task(world, start.upid).log.join('\n')).toContain(`ERROR: ${line}`);
    expect(guest(world)).toMatchObject({ node: 'pve1', status: 'running' });
    expect(guest(world).lock).toBeUndefined();
  });

  it('fails in the phase it was told to, once', () => {
    for (const [phase, exit] of [
      ['prepare', 'migration aborted'],
      ['copy', 'migration problems'],
    ] as const) {
      const doomed = failNextMigrations(shopWithMemory(8), { guest: 101, times: 1, phase, reason: 'no space left' });
      const first = migrating(doomed);
      const failed = untilEnded(first.world, first.upid).world;
      expect(task(failed, first.upid).exit).toBe(exit);
      expect(task(failed, first.upid).log.at(-1)).toBe(`TASK ERROR: ${exit}`);
      expect(guest(failed).node).toBe('pve1');
      const second = migrating(failed);
      expect(task(untilEnded(second.world, second.upid).world, second.upid).exit).toBe('OK');
    }
  });

  it('cleans up behind itself when its task is stopped', () => {
    const start = migrating(shopWithMemory(32));
    const stopped = stopTask(step(start.world, 5000), start.upid);
    expect(task(stopped, start.upid).exit).toBe('migration problems');
    expect(task(stopped, start.upid).log.join('\n')).toContain('received interrupt');
    expect(guest(stopped)).toMatchObject({ node: 'pve1' });
    expect(guest(stopped).lock).toBeUndefined();
  });

  it('fails when the target goes down, and dies with the source, leaving the guest locked', () => {
    const start = migrating(shopWithMemory(32));
    const during = step(start.world, 5000);
    const target = nodeDown(during, 'pve2');
    expect(task(target, start.upid).exit).toBe('migration problems');
    expect(guest(target).lock).toBeUndefined();
    const source = nodeDown(during, 'pve1');
    expect(task(source, start.upid)).toMatchObject({ exit: 'unexpected status' });
    expect(guest(source)).toMatchObject({ node: 'pve1', lock: 'migrate' });
  });

  it('ends at once for a guest that is locked', () => {
    const start = migrating(withLock(shop({ kind: 'lxc' }), 101, 'backup'), { mode: 'restart', restart: true });
    expect(task(start.world, start.upid).exit).toBe('CT is locked (backup)');
    expect(guest(start.world).lock).toBe('backup');
  });
});

describe('a container', () => {
  it('is shut down, moved and started', () => {
    const start = migrating(shop({ kind: 'lxc' }), { mode: 'restart', restart: true });
    const { shutdownTime, bootTime } = start.world.settings;
    expect(guest(step(start.world, shutdownTime - 1000))).toMatchObject({ status: 'running', node: 'pve1' });
    const down = step(start.world, shutdownTime + 1000);
    expect(guest(down)).toMatchObject({ status: 'stopped', node: 'pve2' });
    expect(guest(step(down, 1000)).activity.granted).toBe(0);
    const up = guest(step(down, bootTime));
    expect(up.status).toBe('running');
    expect(up.startedAt).toBe(start.world.now + shutdownTime + bootTime);
    const { world } = untilEnded(start.world, start.upid);
    expect(guest(world)).toMatchObject({ node: 'pve2', status: 'running' });
    expect(task(world, start.upid)).toMatchObject({ type: 'vzmigrate', exit: 'OK' });
  });

  it('is not moved live', () => {
    const start = migrating(shop({ kind: 'lxc' }), { mode: 'restart', restart: false });
    const { world } = untilEnded(start.world, start.upid);
    expect(task(world, start.upid).log.join('\n')).toContain('lxc live migration is currently not implemented');
    expect(guest(world)).toMatchObject({ node: 'pve1', status: 'running' });
  });
});

function downtimeOf(log: readonly string[]): number {
  return Number(
    /downtime (\d+) ms$/m.exec(log.filter((line) => line.includes('average migration speed')).join('\n'))?.[1],
  );
}

function asked(world: World, name: string): number {
  const load = loadOf(world);
  return load.nodes[load.nodeIndex.get(name) ?? -1]?.asked ?? Number.NaN;
}

function memory(world: World, name: string): number {
  const load = loadOf(world);
  return load.nodes[load.nodeIndex.get(name) ?? -1]?.memoryUsed ?? Number.NaN;
}
