import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { placeGuest } from '../src/index.ts';
import { decideOn } from './stage.ts';

const calm = { cpuSome: 0.05, memorySome: 0, memoryFull: 0, ioSome: 0.9, ioFull: 0.1 };
const guests = [1, 2, 3].map((id) => aGuest(id, 'a', { cpu: 2 }));
const snapshot = (pressure: object | undefined): ReturnType<typeof aSnapshot> =>
  aSnapshot({
    nodes: [
      aNode('a', { cpu: 0.9 }),
      aNode('b', { cpu: 0.1 }, pressure === undefined ? {} : { pressure: { ...calm, ...pressure } }),
      aNode('c', { cpu: 0.4 }),
    ],
    guests,
  });
const policy = { pressure: { ceiling: 0.6 } };

describe('a host that says itself that something waits there', () => {
  it.each([
    ['it waits for CPU', { cpuSome: 0.6 }, 'c'],
    ['it waits for memory', { memorySome: 0.7 }, 'c'],
    ['all of it waits for disks', { ioFull: 0.8 }, 'c'],
    ['little waits, and some of it for disks, as on any busy host', {}, 'b'],
    ['it tells nothing', undefined, 'b'],
  ])('takes guests or not: %s', (_, pressure, to) => {
    expect(decideOn({ snapshot: snapshot(pressure), policy }).plan.steps[0]?.to).toBe(to);
  });

  it('is told apart from one without room', () => {
    const { assessment, policy: whole, explain } = decideOn({ snapshot: snapshot({ cpuSome: 0.75 }), policy });
    const detail = 'b is strained: something waits there 75 % of the time (balance.pressure.ceiling).';
    expect(explain(1).targets.find(({ node }) => node === 'b')).toMatchObject({
      allowed: false,
      code: 'no-room',
      detail,
    });
    const verdicts = placeGuest({ assessment, policy: whole, usage: { cpu: 1, memory: 1 } });
    expect(verdicts.find(({ node }) => node === 'b')).toMatchObject({ allowed: false, detail });
  });

  it('is relieved all the same, and takes guests where nobody asked to look', () => {
    const hot = aSnapshot({
      nodes: [aNode('a', { cpu: 0.9 }, { pressure: { ...calm, cpuSome: 0.9 } }), aNode('b', { cpu: 0.1 })],
      guests,
    });
    expect(decideOn({ snapshot: hot, policy }).plan.steps[0]).toMatchObject({ from: 'a', to: 'b' });
    expect(decideOn({ snapshot: snapshot({ cpuSome: 1 }), policy: {} }).plan.steps[0]?.to).toBe('b');
  });
});
