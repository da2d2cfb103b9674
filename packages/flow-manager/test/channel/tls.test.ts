import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startController, type TlsOptions } from '../../src/index.ts';
import { wallClock } from '../support/clock.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { commitTo, flow, GROUP, group } from '../support/desired.ts';
import { Ovs, until } from '../support/ovs.ts';

const run = promisify(execFile);
let ovs: Ovs;
let dir: string;
beforeAll(async () => {
  ovs = await Ovs.start();
  dir = ovs.dir;
  await Promise.all([authority('ca'), authority('other')]);
  await Promise.all([certificate('controller', 'ca'), certificate('switch', 'ca'), certificate('stranger', 'other')]);
});
afterAll(() => ovs.stop());

test('a switch with a certificate of the CA is served; the CA is checked on both sides', async () => {
  await withController({ tls: await options() }, async ({ controller, told }) => {
    const bridge = await attach('switch', controller.address.port);
    const datapath = await onlySwitch(controller);
    await datapath.apply({ groups: [], flows: [flow()] });
    expect(await ovs.flows(bridge)).toHaveLength(1);
    // Groups that are sent from memory that switches share, in many records.
    const buckets = Array.from({ length: 256 }, (_, slot) => ({
      weight: 1,
      actions: [commitTo(`10.9.0.${slot % 7}`)],
    }));
    const groups = Array.from({ length: 20 }, (_, index) => group([], { groupId: GROUP + index, buckets }));
    expect((await datapath.apply({ groups, flows: [flow()] })).changes).toHaveLength(20);
    expect(told.codes).toEqual([]);
  });
});

test.each([
  ['of another CA', 'stranger'],
  ['missing', undefined],
])('a certificate that is %s is refused, and the refusal told', async (_, name) => {
  await withController({ tls: await options() }, async ({ controller, told }) => {
    const { host, port } = controller.address;
    const own = name === undefined ? {} : { key: await pem(`${name}.key`), cert: await pem(`${name}.crt`) };
    const socket = tls.connect({ host, port, ca: await pem('ca.crt'), checkServerIdentity: () => undefined, ...own });
    let closed = false;
    socket
      .on('error', () => undefined)
      .on('close', () => {
        closed = true;
      });
    await until(() => closed && told.codes.length > 0, 'the refusal');
    expect(told.codes).toEqual(['channel-tls']);
    expect(told.failures[0]?.error.message).not.toContain('BEGIN');
    expect(controller.datapaths.size).toBe(0);
  });
});

test('a switch that speaks plain TCP to the port of TLS is refused', async () => {
  await withController({ tls: await options() }, async ({ controller, told }) => {
    const bridge = await ovs.bridge();
    await ovs.connect(bridge, `tcp:127.0.0.1:${controller.address.port}`);
    await until(() => told.codes.length > 0, 'the refusal');
    expect(new Set(told.codes)).toEqual(new Set(['channel-tls']));
    await ovs.vsctl('del-controller', bridge);
  });
});

test('a key that is none is a typed error without the key in it', async () => {
  const broken = { ...(await options()), key: 'SECRET' };
  const start = startController({ listen: { host: '127.0.0.1', port: 0 }, clock: wallClock, tls: broken });
  const error = (await start.catch((caught: unknown) => caught)) as Error;
  expect(error).toMatchObject({ code: 'channel-tls' });
  expect(`${error.message} ${String(error.cause)}`).not.toContain('SECRET');
});

async function attach(name: string, port: number): Promise<string> {
  const bridge = await ovs.bridge();
  await ovs.vsctl('set-ssl', at(`${name}.key`), at(`${name}.crt`), at('ca.crt'));
  await ovs.connect(bridge, `ssl:127.0.0.1:${port}`);
  return bridge;
}

async function options(): Promise<TlsOptions> {
  const [key, cert, ca] = await Promise.all([pem('controller.key'), pem('controller.crt'), pem('ca.crt')]);
  return { key, cert, ca };
}

async function authority(name: string): Promise<void> {
  await openssl('req', '-x509', ...newKey(name), '-out', at(`${name}.crt`), '-subj', `/CN=${name}`, '-days', '2');
}

async function certificate(name: string, ca: string): Promise<void> {
  await openssl('req', ...newKey(name), '-out', at(`${name}.csr`), '-subj', `/CN=${name}`);
  const by = ['-CA', at(`${ca}.crt`), '-CAkey', at(`${ca}.key`), '-CAcreateserial', '-CAserial', at(`${name}.srl`)];
  await openssl('x509', '-req', '-in', at(`${name}.csr`), ...by, '-out', at(`${name}.crt`), '-days', '2');
}

function newKey(name: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', at(`${name}.key`)];
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args);
}

const pem = (file: string): Promise<string> => readFile(at(file), 'utf8');
const at = (file: string): string => path.join(dir, file);
