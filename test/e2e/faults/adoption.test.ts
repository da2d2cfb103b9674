import type { GuestId } from '@ballast/core';
import { changeGuest, type World } from '@ballast/pve-simulator';
import { type RecordingTarget, recordingTarget } from '@ballast/targets';
import { afterEach, describe, expect, it } from 'vitest';
import { MINUTE, Rig, type RigOptions, SECOND } from './rig.ts';
import { hotShop } from './world.ts';

// The operator is killed while a migration runs, and another starts over the same cluster.

/** The guest that is moved first, a member of its service on the same hot node, and one elsewhere. */
const GUEST = 103;
const NEIGHBOUR = 104;
const OTHER = 107;
const SERVICES = `
services:
  - { name: payments, port: 80, members: { tags: [payments] }, targets: [edge] }
targets:
  - { name: edge, kind: haproxy, socket: /run/nobody }
`;

let rig: Rig | undefined;
afterEach(() => rig?.stop());

interface Killed {
  readonly rig: Rig;
  readonly edge: RecordingTarget;
}

/** A rig whose operator was killed ten seconds into its first migration. */
async function killed(options: RigOptions = {}): Promise<Killed> {
  const edge = recordingTarget({ name: 'edge' });
  const made = await Rig.start({ config: SERVICES, targets: [edge], ...options });
  rig = made;
  const moving = (): boolean => made.simulator.world.migrations.length > 0;
  expect(await made.pass(3 * MINUTE, moving)).toBe(true);
  await made.pass(10 * SECOND);
  made.kill();
  return { rig: made, edge };
}

function weightOf({ log }: RecordingTarget, guest: GuestId): number {
  const members = log.at(-1)?.assignments.flatMap(({ weights }) => weights.members) ?? [];
  return members.find(({ member }) => member.guest === guest)?.weight ?? Number.NaN;
}

/** The guest as one that the HA manager looks after. */
function underHa(): World {
  const ha = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
  return changeGuest(hotShop(), GUEST, (guest) => ({ ...guest, ha }));
}

describe('an operator that finds its migration running', () => {
  it.each([
    { state: 'its history', lost: false, ha: false, by: 'history' },
    { state: 'its token alone', lost: true, ha: false, by: 'identity' },
    { state: 'its history, through the HA manager', lost: false, ha: true, by: 'history' },
    { state: 'its token alone, through the HA manager', lost: true, ha: true, by: 'identity' },
  ])('follows it to its end by $state, and begins no second one', async ({ lost, ha, by }) => {
    const { rig: made } = await killed(ha ? { simulator: { world: underHa() } } : {});
    const { operator, reports, logged, metrics } = made.live({ lost });
    await made.pass(2 * SECOND);
    expect(operator.steps).toMatchObject([{ state: 'running', adopted: by, step: { guest: GUEST, from: 'pve1' } }]);
    expect(reports[0]?.steps).toMatchObject([{ adopted: by }]);
    expect(logged.join('')).toContain('adopted a migration that was found running');
    expect(logged.join('')).toContain('1 running (1 adopted)');
    expect(operator.history.moves).toMatchObject([{ guest: GUEST, outcome: 'running' }]);
    expect(await made.pass(2 * MINUTE, () => operator.steps.length === 0)).toBe(true);
    expect(operator.history.moves).toMatchObject([{ guest: GUEST, outcome: 'done' }]);
    await made.pass(4 * MINUTE);
    expect(made.watch.broken).toEqual([]);
    expect(made.watch.asked.filter(({ guest }) => guest === GUEST)).toHaveLength(1);
    const text = await metrics.render();
    expect(text).toContain(`ballast_migrations_adopted_total{by="${by}"} 1`);
    expect(text).toContain('ballast_migrations_total{reason="adopted",outcome="done"} 1');
  });

  it('keeps the weight of its guest lowered while it runs, and restores it after', async () => {
    const { rig: made, edge } = await killed();
    const { operator } = made.live();
    await made.pass(2 * SECOND);
    expect(weightOf(edge, GUEST)).toBeLessThan(weightOf(edge, NEIGHBOUR) * 0.6);
    await made.pass(2 * MINUTE, () => operator.steps.length === 0);
    await made.pass(4 * MINUTE);
    expect(weightOf(edge, GUEST)).toBeGreaterThan(weightOf(edge, OTHER) * 0.6);
  });

  it('counts it in its budgets: its nodes take part in no other until it has ended', async () => {
    const { rig: made } = await killed();
    const { operator } = made.live();
    // Its guests have to leave for the two nodes that the migration is on.
    made.simulator.fail({ kind: 'maintenance', node: 'pve3' });
    const waiting = (): number => operator.steps.filter(({ state }) => state === 'planned').length;
    await made.pass(5 * SECOND);
    expect(waiting()).toBeGreaterThan(0);
    expect(made.watch.asked).toHaveLength(1);
    await made.pass(MINUTE, () => made.watch.asked.length > 1);
    expect(made.watch.tasks[0]?.endedAt).toBeDefined();
    expect(made.watch.broken).toEqual([]);
  });
});

it('a migration of somebody else is not adopted, and its node takes part in no other while it runs', async () => {
  const made = await Rig.start({ config: 'balance: { sustain: 1 }' });
  rig = made;
  const step = { guest: 102, guestName: 'orders-02', kind: 'qemu', from: 'pve1', to: 'pve2', mode: 'live' } as const;
  const rest = { reason: 'maintenance', why: [], cost: { bytes: 0, duration: 0, downtime: 0 } } as const;
  const gain = { resource: 'cpu', fromBefore: 0, fromAfter: 0, toBefore: 0, toAfter: 0 } as const;
  await made.through(made.somebody.migrator.start({ ...step, ...rest, gain }));
  const { operator, metrics } = made.life;
  await made.pass(MINUTE, () => {
    expect(operator.steps.filter(({ adopted }) => adopted !== undefined)).toEqual([]);
    return made.simulator.world.migrations.length === 0;
  });
  expect(made.watch.asked).toEqual([]);
  expect(operator.history.moves).toEqual([]);
  expect(await metrics.render()).toContain('ballast_migrations_adopted_total{by="identity"} 0');
});
