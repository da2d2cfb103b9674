import { readFileSync } from 'node:fs';
import { aMigration, T0 } from '@ballast/testkit';
import type { TestPve } from './pve.ts';

export const START = Math.floor(T0 / 1000)
  .toString(16)
  .toUpperCase();
export const upid = (type: string, user = 'ballast@pve!operator', start = START): string =>
  `UPID:pve1:0000A1B2:000C3D4E:${start}:${type}:100:${user}:`;
export const QMIGRATE = upid('qmigrate');
export const POST = 'POST /nodes/pve1/qemu/100/migrate';
export const PRECONDITIONS = 'GET /nodes/pve1/qemu/100/migrate';
export const step = aMigration(100, 'pve1', 'pve2');
export const container = aMigration(102, 'pve3', 'pve2', { kind: 'lxc', mode: 'restart' });
export const taskOf = (id: string) => ({ id, node: 'pve1', guest: 100, startedAt: T0 });

/** A task whose log grows by `pace` lines with each look, and that ends with `exit` after the last one. */
export function serveTask(pve: TestPve, id: string, file: string, exit: string, pace = 3): void {
  const lines = readFileSync(new URL(`../golden/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  let shown = 0;
  pve.on(`GET /nodes/pve1/tasks/${id}/status`, () => {
    shown = Math.min(lines.length, shown + pace);
    return { data: shown < lines.length ? { status: 'running' } : { status: 'stopped', exitstatus: exit } };
  });
  pve.on(`GET /nodes/pve1/tasks/${id}/log`, ({ query }) => {
    const from = Number(query['start']);
    if (shown === 0) return { data: [{ n: 1, t: 'no content' }] };
    return {
      data: lines
        .slice(0, shown)
        .map((t, i) => ({ n: i + 1, t }))
        .slice(from, from + Number(query['limit'])),
    };
  });
}
