import { readFile } from 'node:fs/promises';
import { ryuTarget } from '@ballast/targets';
import { expect, onTestFinished, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { machineClock as clock } from '../support/clock.ts';
import { weightsOf } from './groups.ts';
import { RunningRyu } from './running.ts';

test('the example group is made by a real controller, and its weights are set', async () => {
  const ryu = await RunningRyu.start({ 19: 'OpenFlow13' });
  onTestFinished(() => ryu.stop());
  const body = await readFile(new URL('../../../../infra/ryu/group.json', import.meta.url), 'utf8');
  const reply = await fetch(`${ryu.url}/stats/groupentry/add`, { method: 'POST', body });
  expect(reply.status).toBe(200);
  const target = ryuTarget({ name: 'ryu1', url: ryu.url, datapaths: ['0000000000000013'], clock });
  const members = [
    { guest: 101, name: 'web-01', address: '10.0.0.11' },
    { guest: 102, name: 'web-02', address: '10.0.0.12', weight: 0.25 },
  ];
  const report = await target.apply([anAssignment('shop', members, { group: 50 })]);
  expect(report).toMatchObject({ problems: [], unchanged: 1, changed: [{ handle: '50/10.0.0.12', before: 65_535 }] });
  expect(await weightsOf(ryu.ovs, ryu.bridges[0] ?? '', 50)).toEqual([65_535, 16_384]);
});
