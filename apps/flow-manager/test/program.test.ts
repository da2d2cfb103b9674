import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileText, serviceLine } from './configs.ts';
import { ask, Program, started } from './program.ts';

const PATIENCE = { timeout: 90_000 };
let directory: string;
let file: string;
let running: Program[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ballast-flow-manager-'));
  file = path.join(directory, 'flow-manager.yaml');
});
afterEach(async () => {
  await Promise.all(running.map((program) => program.end('SIGKILL')));
  running = [];
  await rm(directory, { recursive: true, force: true });
});

async function write(text: string): Promise<void> {
  await writeFile(file, fileText(text, path.join(directory, 'state')));
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const program = new Program(args, env);
  running.push(program);
  return program;
}

const SHOP = `services:\n${serviceLine('shop', '10.9.0.100', '101', '102')}`;

test('--check names everything that is wrong, by line, and shows no stack', PATIENCE, async () => {
  await write('role: mastr\nrest: { host: 0.0.0.0 }\n');
  const program = run(['--check'], { BALLAST_FLOW_MANAGER_CONFIG: file });
  expect(await program.ended()).toBe(1);
  expect(program.stderr.split('\n')).toEqual([
    `2 things are wrong with the configuration ${file}:`,
    `  ${file}:3:7: role: expected one of equal, master, slave, got "mastr". Did you mean master?`,
    `  ${file}:4:15: rest.host: expected a token with an address that others reach, got "0.0.0.0" without. Set rest.token, or listen on 127.0.0.1.`,
    '',
  ]);
  expect(program.stdout).toBe('');
});

test('a life: it asks for its token, is reloaded, holds its port, and ends when it is asked to', PATIENCE, async () => {
  const secured = `rest: { port: 0, token: "\${env:TOKEN}" }\n`;
  await write(`${secured}${SHOP}`);
  const program = run(['-c', file], { TOKEN: 'hush-hush' });
  const { url, switches } = await started(program);

  const token = 'hush-hush';
  expect((await ask(`${url}/v1/services`)).status).toBe(401);
  expect((await ask(`${url}/v1/services`, { token: 'hush' })).status).toBe(401);
  expect((await ask(`${url}/metrics`)).status).toBe(401);
  expect(await ask(`${url}/healthz`)).toMatchObject({ status: 200, text: 'ok\n' });
  const names = async (): Promise<readonly string[]> => {
    const { body } = await ask(`${url}/v1/services`, { token });
    return body.services.map(({ name }: { readonly name: string }) => name);
  };
  expect(await names()).toEqual(['shop']);
  const metrics = await ask(`${url}/metrics`, { token });
  expect(metrics.text).toContain('ballast_flow_manager_services 1\n');
  expect(metrics.text).toMatch(/rest_requests_total\{method="GET",route="\/v1\/services",status="401"\} 2/);

  // A file that is wrong changes nothing, and is told of.
  await write(`${secured}services:\n  - { name: pay }\n`);
  program.child.kill('SIGHUP');
  const refused = await program.told('the configuration is not taken; the one before stays');
  expect(refused).toMatchObject({ level: 'error', err: { code: 'config-invalid' } });
  expect(refused['err']).not.toHaveProperty('stack');
  expect(await names()).toEqual(['shop']);

  // One that is right is taken; what waits for a restart is told.
  const before = program.lines.length;
  await write(`${secured}linger: 10m\nservices:\n${serviceLine('pay', '10.9.0.200', '103')}`);
  program.child.kill('SIGHUP');
  await program.told('configuration reloaded', before);
  expect(await program.told('take effect at the next start', before)).toMatchObject({ options: ['linger'] });
  expect(await names()).toEqual(['pay']);

  // The port is its own.
  const port = Number(switches.split(':')[1]);
  await write(`listen: { port: ${port} }\n`);
  const second = run(['-c', file]);
  expect(await second.ended()).toBe(1);
  expect(second.stderr).toBe(
    `Switches cannot be awaited at 127.0.0.1:${port}: another program listens there. ` +
      'Stop the other controller, or choose another port.\n',
  );

  expect(await program.end('SIGTERM')).toBe(0);
  expect(program.lines.at(-1)).toMatchObject({ msg: 'flow manager stopped' });
  expect(`${program.stdout}${program.stderr}`).not.toContain('hush-hush');
});
