import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFlowManagerMetrics } from '../../src/index.ts';
import { aChannel, aReading, aSwitch } from './readings.ts';

const COUNTED = /^(ballast_flow_manager_(?:channel|packet)\w+_total\{[^}]*\}) (\d+)$/gm;

function counts(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(COUNTED)].map(([, series = '', value]) => [series, Number(value)]));
}

/** What happens to the only connection of a switch, one after the other. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('grow' as const), by: fc.nat(1_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('scrape' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reconnect' as const, 'reconnect-late' as const) }) },
);

it('counters of a switch are the sum over its connections, and never go back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const metrics = createFlowManagerMetrics({ version: '1' });
      let [connection, count, total] = [1, 0, 0];
      const current = (n = connection, packetIns = count) => ({
        id: 'a1',
        peer: `10.0.0.1:${n}`,
        channel: aChannel({ packetIns }),
      });
      const scrape = async (): Promise<ReadonlyMap<string, number>> =>
        counts(await metrics.render(aReading({ switches: [aSwitch('a1', current())] })));
      let before = await scrape();
      for (const { kind, ...given } of steps) {
        if (kind === 'grow' && 'by' in given) {
          count += given.by;
          total += given.by;
        } else if (kind !== 'scrape') {
          const old = current();
          [connection, count] = [connection + 1, 0];
          // The new connection may be seen before the end of the old one is told.
          if (kind === 'reconnect-late') await scrape();
          metrics.recordDisconnected(new Error('x'), old);
        }
        if (kind !== 'scrape') continue;
        const after = await scrape();
        for (const [series, value] of before) expect(after.get(series)).toBeGreaterThanOrEqual(value);
        before = after;
      }
      const end = await scrape();
      expect(end.get('ballast_flow_manager_packet_ins_total{switch="a1"}')).toBe(total);
      // Each connection received ten messages, whenever it was looked at.
      const received = 'ballast_flow_manager_channel_messages_total{switch="a1",direction="received"}';
      expect(end.get(received)).toBe(10 * connection);
    }),
    { numRuns: 50 },
  );
});

it('a connection whose end is not told is forgotten, and what it came to stays counted', async () => {
  const metrics = createFlowManagerMetrics({ version: '1' });
  const series = 'ballast_flow_manager_packet_ins_total{switch="a1"}';
  await metrics.render(aReading({ switches: [aSwitch('a1', { channel: aChannel({ packetIns: 100 }) })] }));
  for (let i = 0; i < 3; i++) await metrics.render(aReading());
  // The same peer again, as after a restart of the machine: nothing of it was counted yet.
  const again = aSwitch('a1', { channel: aChannel({ packetIns: 150 }) });
  expect(counts(await metrics.render(aReading({ switches: [again] }))).get(series)).toBe(250);
});

it('a count that went back is one that began anew', async () => {
  const metrics = createFlowManagerMetrics({ version: '1' });
  const series = 'ballast_flow_manager_packet_ins_total{switch="a1"}';
  for (const packetIns of [100, 30]) {
    await metrics.render(aReading({ switches: [aSwitch('a1', { channel: aChannel({ packetIns }) })] }));
  }
  const same = aReading({ switches: [aSwitch('a1', { channel: aChannel({ packetIns: 30 }) })] });
  expect(counts(await metrics.render(same)).get(series)).toBe(130);
});
