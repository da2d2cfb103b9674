import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Flushes, type Gatherer } from '../../src/channel/flushes.ts';

describe('Flushes', () => {
  it('writes for several at the end of the turn, in the order in which they came', async () => {
    const { flushes, written, of } = rig();
    flushes.add(of('a'));
    flushes.add(of('b'));
    flushes.add(of('c'));
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual(['a', 'b', 'c']);
  });

  it('writes at once for who is alone', async () => {
    const { flushes, written, of } = rig();
    const a = of('a');
    flushes.add(a);
    await turn();
    flushes.add(a);
    expect(written).toEqual(['a', 'a']);
  });

  it('does not let the last who talked pass those who wait', async () => {
    const { flushes, written, of } = rig();
    const a = of('a');
    flushes.add(of('b'));
    flushes.add(a);
    flushes.add(a);
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual(['b', 'a', 'a']);
  });

  it('takes in one turn only what came before it', async () => {
    const { flushes, written, of } = rig();
    const b = of('b');
    flushes.add({
      flush: () => {
        written.push('a');
        flushes.add(b);
      },
    });
    await turn();
    expect(written).toEqual(['a']);
    await turn();
    expect(written).toEqual(['a', 'b']);
  });
});

function rig(): { flushes: Flushes; written: string[]; of: (name: string) => Gatherer } {
  const written: string[] = [];
  return { flushes: new Flushes(), written, of: (name) => ({ flush: () => written.push(name) }) };
}
