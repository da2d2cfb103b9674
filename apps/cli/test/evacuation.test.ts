import { aGuest, aMigration, aNode, aSnapshot } from '@ballast/testkit';
import { expect, it } from 'vitest';
import { leftBehind, stoppedNote, withReasons } from '../src/commands/evacuation.ts';

const NODES = [{ ...aNode('a', { cpu: 0.5, memory: 0.5 }), maintenance: true }, aNode('b', { cpu: 0.9, memory: 0.1 })];
const EMPTY = { id: 'p', snapshotId: 's', decidedAt: 0, steps: [], blocked: [], before: [], after: [], unresolved: [] };

it('gives a guest that nothing else speaks of the room of the others for a reason', () => {
  const snapshot = aSnapshot({ nodes: NODES, guests: [aGuest(1, 'a'), aGuest(2, 'a'), aGuest(3, 'b')] });
  const noise = { guest: 3, code: 'cool-down' as const, detail: 'It rests.' };
  const plan = { ...EMPTY, steps: [aMigration(1, 'a', 'b')], blocked: [noise] };
  const left = leftBehind(plan, snapshot, ['a']);
  expect(left.running.map(({ id }) => id)).toEqual([2]);
  expect(withReasons(plan, snapshot, left)).toMatchObject({
    blocked: [{ guest: 2, code: 'no-room', detail: 'No node has room for guest-2 beside the others.' }],
    unresolved: [{ node: 'a', detail: 'a keeps 1 guest.' }],
  });
});

it('counts stopped guests where there are many', () => {
  const guests = [1, 2, 3, 4, 5, 6, 7].map((id) => aGuest(id, 'a', {}, { status: 'stopped' }));
  const left = leftBehind(EMPTY, aSnapshot({ nodes: NODES, guests }), ['a']);
  expect(left.running).toEqual([]);
  expect(stoppedNote(left)).toEqual([
    '7 guests are stopped and stay: guest-1 (1), guest-2 (2), guest-3 (3), guest-4 (4), guest-5 (5) and 2 more. Migrate them offline.',
  ]);
});
