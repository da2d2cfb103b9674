import { readFileSync } from 'node:fs';
import { GIB, MIB } from '@ballast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogLine, withoutTime } from '../src/migrate/log.ts';
import { parseUpid } from '../src/migrate/upid.ts';

describe('a line of the log', () => {
  it.each([
    [
      'migration active, transferred 1.1 GiB of 4.0 GiB VM-state, 1.2 GiB/s',
      { kind: 'progress', transferred: Math.round(1.1 * GIB), total: 4 * GIB, speed: Math.round(1.2 * GIB) },
    ],
    ['migration active, transferred 0.0 B of 16.0 GiB VM-state', { kind: 'progress', transferred: 0, total: 16 * GIB }],
    [
      '2026-01-05 00:00:07 migration active, transferred 4.5 GiB of 4.0 GiB VM-state, 900.5 MiB/s, VM dirties lots of memory: 250.0 MiB/s',
      {
        kind: 'progress',
        transferred: 4.5 * GIB,
        total: 4 * GIB,
        speed: Math.round(900.5 * MIB),
        dirtyRate: 250 * MIB,
      },
    ],
    ['average migration speed: 1.0 GiB/s - downtime 54 ms', { kind: 'downtime', downtime: 54 }],
    ['migration downtime limit: 100 ms', { kind: 'other' }],
    ['auto-increased downtime to continue migration: 200 ms', { kind: 'other' }],
    ['migration completed, transferred 4.6 GiB VM-state', { kind: 'completed', transferred: Math.round(4.6 * GIB) }],
    [
      '2026-01-05 00:00:01 ERROR: migration aborted (duration 00:00:03): x',
      { kind: 'error', text: 'migration aborted (duration 00:00:03): x' },
    ],
    ['TASK ERROR: migration problems', { kind: 'error', text: 'migration problems' }],
    ['2026-01-05 00:00:01 ERROR: online migrate failure - received interrupt', { kind: 'interrupted' }],
    ['set migration capabilities', { kind: 'other' }],
    ['', { kind: 'other' }],
  ])('%s', (line, expected) => {
    expect(readLogLine(line)).toEqual(expected);
  });

  it('of a whole migration', () => {
    const lines = readFileSync(new URL('./golden/live-migration.log', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    const kinds = lines.map((line) => readLogLine(line).kind).filter((kind) => kind !== 'other');
    expect(kinds).toEqual(['progress', 'progress', 'progress', 'downtime', 'completed']);
    expect(withoutTime(lines[2] ?? '')).toBe("starting migration of VM 100 to node 'pve2' (192.0.2.2)");
  });

  it('never throws, and tells sizes that are numbers', () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.double(), fc.string()).map(([n, s]) => `migration active, transferred ${n} GiB of ${n} ${s}`),
    );
    const holds = fc.property(line, (text) => {
      const event = readLogLine(text);
      return event.kind !== 'progress' || Number.isFinite(event.transferred + event.total);
    });
    expect(fc.check(holds).failed).toBe(false);
  });
});

describe('a UPID', () => {
  it('tells node, type, guest, user and start', () => {
    expect(parseUpid('UPID:pve-1.a:000A1B2C:012345678:695B0000:qmigrate:100:ballast@pve!operator:')).toMatchObject({
      node: 'pve-1.a',
      type: 'qmigrate',
      guest: 100,
      user: 'ballast@pve!operator',
      startedAt: 0x695b0000 * 1000,
    });
  });

  it.each([null, 'OK', 'UPID:pve1:zz:00000000:00000000:qmigrate:100:root@pam:', 42])('is not %j', (value) => {
    expect(() => parseUpid(value)).toThrow(`Expected the UPID of a task, got ${JSON.stringify(value)}.`);
  });
});
