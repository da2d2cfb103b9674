import { describe, expect, it } from 'vitest';
import { type HaRule, type HaService, step, type World } from '../../src/index.ts';
import { requestHaMigration } from '../../src/world/ha.ts';
import { guest, shop, task } from '../support/worlds.ts';

const HA: HaService = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true };

function managed(rules: readonly HaRule[] = []): World {
  const world = shop();
  return { ...world, rules, guests: world.guests.map((entry) => ({ ...entry, ha: HA })) };
}

function affinity(kind: 'positive' | 'negative', guests: readonly number[]): HaRule {
  return { rule: `rule-${kind}`, type: 'resource-affinity', affinity: kind, guests, disabled: false };
}

function running(world: World): readonly number[] {
  return world.migrations.map((migration) => migration.guest);
}

describe('a guest under the HA manager', () => {
  it('is asked for in a second and moved in the next round by root', () => {
    const asked = requestHaMigration(managed(), 101, 'pve2', 'ballast@pve!operator');
    const filed = step(asked.world, 1500);
    expect(task(filed, asked.upid)).toMatchObject({ type: 'hamigrate', exit: 'OK' });
    expect(running(filed)).toEqual([]);
    const moving = step(asked.world, 11_000);
    expect(running(moving)).toEqual([101]);
    expect(guest(moving).ha?.crm).toBe('migrate');
    const worker = moving.tasks.find((entry) => entry.type === 'qmigrate');
    expect(worker).toMatchObject({ user: 'root@pam', node: 'pve1' });
    expect(worker?.log[0]).toBe('task started by HA resource agent');
    const done = step(moving, 30_000);
    expect(guest(done)).toMatchObject({ node: 'pve2', ha: { crm: 'started' } });
  });

  it('takes its partners along', () => {
    const asked = requestHaMigration(managed([affinity('positive', [101, 103])]), 101, 'pve2', 'root@pam');
    expect(running(step(asked.world, 11_000))).toEqual([101, 103]);
  });

  it.each([
    { name: 'negative affinity', rule: affinity('negative', [101, 105]) },
    {
      name: 'strict node affinity',
      rule: {
        rule: 'home',
        type: 'node-affinity',
        guests: [101],
        nodes: { pve1: 0 },
        strict: true,
        disabled: false,
      } as const,
    },
  ])('silently stays where $name keeps it', ({ rule }) => {
    const asked = requestHaMigration(managed([rule]), 101, 'pve2', 'root@pam');
    const later = step(asked.world, 30_000);
    expect(task(later, asked.upid).exit).toBe('OK');
    expect(running(later)).toEqual([]);
    expect(guest(later).node).toBe('pve1');
  });

  it('moves in spite of a rule that is disabled', () => {
    const rule = { ...affinity('negative', [101, 105]), disabled: true };
    const asked = requestHaMigration(managed([rule]), 101, 'pve2', 'root@pam');
    expect(running(step(asked.world, 11_000))).toEqual([101]);
  });

  it('does not move without quorum', () => {
    const asked = requestHaMigration({ ...managed(), quorate: false }, 101, 'pve2', 'root@pam');
    expect(running(step(asked.world, 30_000))).toEqual([]);
  });
});
