import { eventLoopTurns, VirtualClock } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import { Few, Turns } from '../../src/controller/turns.ts';

describe('turns', () => {
  test('let one in for each turn of the event loop, in the order in which they asked', async () => {
    const turns = new Turns();
    const entered: number[] = [];
    for (const number of [1, 2, 3]) void turns.next().then(() => entered.push(number));
    expect(entered).toEqual([]);
    const after: (readonly number[])[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await eventLoopTurns(1);
      after.push([...entered]);
    }
    expect(after.at(-1)).toEqual([1, 2, 3]);
    // Never two between two looks at the sockets.
    expect(after.every((all, index) => all.length <= (after[index - 1]?.length ?? 0) + 1)).toBe(true);
  });

  test('begin anew when somebody asks later', async () => {
    const turns = new Turns();
    await turns.next();
    await expect(turns.next()).resolves.toBeUndefined();
  });
});

describe('few', () => {
  interface Work {
    readonly name: string;
    readonly end: () => void;
    readonly fail: (error: Error) => void;
  }

  function rig(most: number, patience: number) {
    const clock = new VirtualClock();
    const few = new Few(most, clock, patience);
    const begun: Work[] = [];
    const run = (name: string): Promise<void> =>
      few.run(() => new Promise((end, fail) => begun.push({ name, end: () => end(undefined), fail })));
    return { clock, begun, run, names: (): readonly string[] => begun.map(({ name }) => name) };
  }

  test('begin when another has ended, in the order in which they asked', async () => {
    const { begun, run, names } = rig(2, 1_000);
    for (const name of ['a', 'b', 'c', 'd']) void run(name);
    await eventLoopTurns();
    expect(names()).toEqual(['a', 'b']);
    begun[1]?.end();
    await eventLoopTurns();
    expect(names()).toEqual(['a', 'b', 'c']);
    begun[0]?.end();
    begun[2]?.end();
    await eventLoopTurns();
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    begun[3]?.end();
    await eventLoopTurns();
    void run('e');
    void run('f');
    void run('g');
    await eventLoopTurns();
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('who takes too long keeps nobody else, and gives up no second place when it ends', async () => {
    const { clock, begun, run, names } = rig(1, 1_000);
    for (const name of ['slow', 'b', 'c']) void run(name);
    await clock.advance(999);
    expect(names()).toEqual(['slow']);
    await clock.advance(1);
    expect(names()).toEqual(['slow', 'b']);
    begun[0]?.end();
    await eventLoopTurns();
    expect(names()).toEqual(['slow', 'b']);
    begun[1]?.end();
    await eventLoopTurns();
    expect(names()).toEqual(['slow', 'b', 'c']);
  });

  test('what fails is told to who asked, and the next begins', async () => {
    const { begun, run, names } = rig(1, 1_000);
    const failing = run('a');
    void run('b');
    begun[0]?.fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await eventLoopTurns();
    expect(names()).toEqual(['a', 'b']);
  });
});
