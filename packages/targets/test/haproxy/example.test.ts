import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findHaproxy } from '@ballast/targets';
import { expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { launched, targetAt } from '../support/launched.ts';

const example = fileURLToPath(new URL('../../../../infra/haproxy/haproxy.cfg', import.meta.url));

test('a real HAProxy takes the example configuration, without a warning', async () => {
  const { stdout, stderr } = await promisify(execFile)(await findHaproxy(), ['-c', '-f', example]);
  expect(`${stdout}${stderr}`.trim()).toMatch(/^(Configuration file is valid)?$/);
});

test('weights reach the backends of the example', async () => {
  const text = await readFile(example, 'utf8');
  const backends = [...text.matchAll(/^backend (\S+)\n((?:[ #].*\n)*)/gm)].map(([, name = '', body = '']) => ({
    name,
    servers: [...body.matchAll(/^ +server (\S+) (\S+):(\d+)/gm)].map(([, server = '', address = '', port]) => ({
      name: server,
      address,
      port: Number(port),
    })),
  }));
  expect(backends.map(({ name }) => name)).toEqual(['shop', 'payment']);
  const haproxy = await launched(backends);
  const assignments = backends.map(({ name, servers }) =>
    anAssignment(
      name,
      servers.map((server, guest) => ({ guest, name: server.name, weight: 1 / (guest + 1) })),
    ),
  );
  expect(await targetAt(haproxy.socket).apply(assignments)).toMatchObject({ problems: [], unchanged: 0 });
});
