import { readFileSync } from 'node:fs';
import { type Diagnosis, FINDING_CODES, type Finding, type MissingPrivilege } from '@ballast/core';
import { type DoctorQuestion, examineProxmox, type ProxmoxOptions } from '@ballast/proxmox';
import {
  changeGuest,
  changeNode,
  demoWorld,
  type Grant,
  guestOf,
  type Privilege,
  type Simulator,
  type SimulatorToken,
  type SimulatorUser,
  startSimulator,
  type World,
  type WorldGuest,
  type WorldTask,
} from '@ballast/pve-simulator';
import { diagnosisJson, PLAIN, renderDiagnosis } from '@ballast/report';
import { VirtualClock } from '@ballast/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anIllCluster, letItFallIll } from './ill-cluster.ts';

const SECRET = '11111111-2222-4333-8444-999999999999';
/** What a configuration needs that uses all that there is. */
const NEEDED: readonly Privilege[] = [
  'VM.Audit',
  'VM.Migrate',
  'Sys.Audit',
  'Datastore.Audit',
  'Pool.Audit',
  'VM.GuestAgent.Audit',
  'VM.Config.Disk',
  'Datastore.AllocateSpace',
];
const QUESTION: DoctorQuestion = { addresses: true, pools: ['shop'] };
const MIGRATION = { localDisks: true, targetStorage: 'ceph' };
const without = (...gone: readonly Privilege[]): readonly Privilege[] => NEEDED.filter((each) => !gone.includes(each));

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

async function examine(
  sick: Simulator,
  options: Partial<ProxmoxOptions> = {},
  question: DoctorQuestion = QUESTION,
): Promise<Diagnosis> {
  return examineProxmox(
    {
      cluster: 'shop',
      endpoints: sick.urls,
      auth: { kind: 'token', id: 'ballast@pve!doctor', secret: SECRET },
      tls: { fingerprints: [sick.fingerprint] },
      migration: MIGRATION,
      clock: new VirtualClock(sick.world.now),
      random: () => 0.5,
      warn: () => undefined,
      ...options,
    },
    question,
  );
}

/** The demo's cluster, with a guest 105 under the HA manager and in no pool: pools grant rights of their own. */
function aWorld(version = '9.2.11'): World {
  const ha = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
  const { pool: _pool, ...guest } = guestOf(demoWorld(1), 105) as WorldGuest;
  return { ...changeGuest(demoWorld(1), 105, () => ({ ...guest, ha })), version };
}

function aMigrationOf101({ now }: World): WorldTask {
  const upid = `UPID:pve1:000003E8:00000001:${Math.floor(now / 1000).toString(16)}:qmigrate:101:root@pam:`;
  const ids = { upid, node: 'pve1', pid: 1000, pstart: 1, type: 'qmigrate', id: '101', user: 'root@pam' };
  return { ...ids, startedAt: now, log: [] };
}

interface Row {
  readonly name: string;
  readonly token: Pick<SimulatorToken, 'role' | 'grants' | 'privsep'>;
  /** What its user has; everything when absent. */
  readonly user?: Pick<SimulatorUser, 'role'>;
  readonly expected: readonly Partial<MissingPrivilege>[];
}

const on = (path: string, role: Grant['role']): readonly Grant[] => [{ path, role }];

/** Each privilege that Ballast needs, taken away everywhere. */
const EACH: readonly Row[] = (
  [
    ['VM.Audit', '/vms'],
    ['VM.Migrate', '/vms'],
    ['Sys.Audit', '/'],
    ['Datastore.Audit', '/storage'],
    ['Pool.Audit', '/pool'],
    ['VM.GuestAgent.Audit', '/vms'],
    ['VM.Config.Disk', '/vms'],
    ['Datastore.AllocateSpace', '/storage/ceph'],
  ] as const
).map(([privilege, path]) => ({
  name: `${privilege} on ${path}`,
  token: { role: without(privilege) },
  // Who may not read /access cannot see what its user has.
  expected: [{ privilege, paths: [path], holder: privilege === 'Sys.Audit' ? 'unknown' : 'token' }],
}));

const PARTS: readonly Row[] = [
  { name: 'nothing', token: { role: NEEDED }, expected: [] },
  {
    name: 'Sys.Audit on one node',
    token: { role: NEEDED, grants: on('/nodes/pve2', without('Sys.Audit')) },
    expected: [{ privilege: 'Sys.Audit', paths: ['/nodes/pve2'] }],
  },
  {
    name: 'everything on one node, which the dump of permissions does not show',
    token: { role: NEEDED, grants: on('/nodes/pve2', 'NoAccess') },
    expected: [{ privilege: 'Sys.Audit', paths: ['/nodes/pve2'] }],
  },
  {
    name: 'Sys.Audit below /',
    token: { role: NEEDED, grants: on('/nodes', without('Sys.Audit')) },
    expected: [{ privilege: 'Sys.Audit', paths: ['/nodes'] }],
  },
  {
    name: 'VM.Migrate below /vms, where it does not go on',
    token: { role: without('VM.Migrate'), grants: [{ path: '/vms', role: NEEDED, propagate: false }] },
    expected: [{ privilege: 'VM.Migrate', paths: ['/vms'] }],
  },
  {
    name: 'VM.Migrate of one guest',
    token: { role: NEEDED, grants: on('/vms/105', without('VM.Migrate')) },
    expected: [{ privilege: 'VM.Migrate', paths: ['/vms/105'] }],
  },
  {
    name: 'VM.Audit of one guest, which is in no list then',
    token: { role: NEEDED, grants: on('/vms/105', without('VM.Audit')) },
    expected: [{ privilege: 'VM.Audit', paths: ['/vms/105'] }],
  },
  {
    name: 'one storage',
    token: { role: NEEDED, grants: on('/storage/local', without('Datastore.Audit')) },
    expected: [{ privilege: 'Datastore.Audit', paths: ['/storage/local'] }],
  },
  {
    name: 'two privileges',
    token: { role: without('VM.Migrate', 'Pool.Audit') },
    expected: [{ privilege: 'VM.Migrate' }, { privilege: 'Pool.Audit' }],
  },
  {
    name: 'what its user lacks, with separate privileges',
    token: { role: NEEDED },
    user: { role: without('VM.Migrate') },
    expected: [{ privilege: 'VM.Migrate', paths: ['/vms'], holder: 'user-and-token' }],
  },
  {
    name: 'what its user lacks, without separate privileges',
    token: { role: NEEDED, privsep: false },
    user: { role: without('VM.Migrate') },
    expected: [{ privilege: 'VM.Migrate', paths: ['/vms'], holder: 'user-and-token' }],
  },
  {
    name: 'nothing that its user has, without separate privileges',
    token: { role: [], privsep: false },
    user: { role: NEEDED },
    expected: [],
  },
];

const OLDER: readonly Row[] = [
  {
    name: 'VM.Monitor',
    token: { role: NEEDED },
    expected: [{ privilege: 'VM.Monitor', paths: ['/vms'], holder: 'token' }],
  },
  { name: 'nothing', token: { role: [...without('VM.GuestAgent.Audit'), 'VM.Monitor'] }, expected: [] },
];

describe.each([
  { version: '9.2.11', rows: [...EACH, ...PARTS] },
  { version: '8.4.14', rows: OLDER },
])('a token of Proxmox VE $version', ({ version, rows }) => {
  const userOf = (row: Row): string => `row${rows.indexOf(row)}@pve`;
  let shared: Simulator;
  beforeAll(async () => {
    shared = await startSimulator({
      world: aWorld(version),
      speed: 0,
      strict: true,
      tokens: rows.map((row) => ({ id: `${userOf(row)}!doctor`, secret: SECRET, privsep: true, ...row.token })),
      users: rows.map((row) => ({ name: userOf(row), password: 'x', role: 'Administrator', ...row.user })),
    });
  });
  afterAll(() => shared.stop());

  it.each(rows)('lacks $name, and nothing else is named', async (row) => {
    const id = `${userOf(row)}!doctor`;
    // What is missing does not show in single guests: none is looked at.
    const question = { ...QUESTION, guests: 0 };
    const { findings } = await examine(shared, { auth: { kind: 'token', id, secret: SECRET } }, question);
    const failures = findings.filter(({ severity }) => severity === 'failure');
    expect(failures.map(({ missing }) => missing)).toEqual(row.expected.map((one) => expect.objectContaining(one)));
    expect(shared.requestLog.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

const found = ({ findings }: Diagnosis, code: Finding['code']): readonly Finding[] =>
  findings.filter((finding) => finding.code === code);

describe('an examination', () => {
  const TOKEN: SimulatorToken = { id: 'ballast@pve!doctor', secret: SECRET, role: NEEDED };
  /** Ports are chosen by the system; all have five digits. */
  const masked = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:18006');

  it.each(['text', 'json'])('of a healthy cluster as %s', async (format) => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens: [TOKEN], entryPoints: 2 });
    const diagnosis = await examine(simulator);
    expect(diagnosis.findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
    // Two entry points, nine for the cluster, three for each of 3 nodes, two for each of 12 guests.
    expect(diagnosis.requests).toBe(2 + 9 + 3 * 3 + 12 * 2);
    expect(simulator.requests).toBe(diagnosis.requests);
    const text = format === 'json' ? diagnosisJson(diagnosis) : renderDiagnosis(diagnosis, PLAIN);
    await expect(masked(text)).toMatchFileSnapshot(`golden/doctor-healthy.${format === 'json' ? 'json' : 'txt'}`);
  });

  it.each(['text', 'json'])('of an ill cluster as %s', async (format) => {
    simulator = await startSimulator({
      world: anIllCluster(),
      speed: 0,
      strict: true,
      tokens: [{ ...TOKEN, role: without('VM.GuestAgent.Audit') }],
      entryPoints: 3,
    });
    letItFallIll(simulator);
    const diagnosis = await examine(simulator, { migration: {} }, { ...QUESTION, pools: ['shop', 'shopp'] });
    expect(simulator.requestLog.every(({ method }) => method === 'GET')).toBe(true);
    const text = format === 'json' ? diagnosisJson(diagnosis) : renderDiagnosis(diagnosis, PLAIN);
    await expect(masked(text)).toMatchFileSnapshot(`golden/doctor-ill.${format === 'json' ? 'json' : 'txt'}`);
  });

  it('of a cluster where no entry point answers says why of each', async () => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, tokens: [TOKEN], entryPoints: 2 });
    for (const entry of [0, 1]) simulator.fail({ kind: 'entry-down', entry });
    const diagnosis = await examine(simulator);
    expect(found(diagnosis, 'endpoint')).toMatchObject([{ severity: 'failure' }, { severity: 'failure' }]);
    expect(diagnosis.findings).toHaveLength(3);
  });

  it('with a token that is refused says so, and shows no secret', async () => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, tokens: [TOKEN] });
    const secret = '22222222-2222-4333-8444-999999999999';
    const diagnosis = await examine(simulator, { auth: { kind: 'token', id: TOKEN.id, secret } });
    expect(found(diagnosis, 'endpoint')).toMatchObject([
      { severity: 'failure', detail: expect.stringContaining('to accept token ballast@pve!doctor, got 401') },
    ]);
    expect(JSON.stringify(diagnosis)).not.toContain(secret);
  });

  it('looks at no more guests than it may, and says so', async () => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens: [TOKEN] });
    const diagnosis = await examine(simulator, {}, { ...QUESTION, guests: 5 });
    expect(diagnosis.requests).toBe(1 + 9 + 3 * 3 + 5 * 2);
    expect(found(diagnosis, 'guest')).toMatchObject([
      { severity: 'warning', detail: expect.stringContaining('7 more were not looked at') },
    ]);
  });

  it.each<{
    readonly name: string;
    readonly world?: (healthy: World) => World;
    readonly ill?: (sick: Simulator) => void;
    readonly expected: Partial<Finding>;
  }>([
    {
      name: 'a node that is off',
      ill: (sick) => sick.fail({ kind: 'node-down', node: 'pve3' }),
      expected: { code: 'node', severity: 'warning', subject: 'pve3' },
    },
    {
      name: 'a node that takes requests and never answers',
      ill: (sick) => sick.fail({ kind: 'node-hangs', node: 'pve3' }),
      expected: { code: 'node', severity: 'failure', subject: 'pve3', detail: expect.stringContaining('HTTP 596') },
    },
    {
      name: 'a node that shows no figures',
      ill: (sick) => {
        sick.fail({ kind: 'stats-stale', node: 'pve3' });
        sick.advance(400_000);
      },
      expected: { code: 'node', severity: 'failure', subject: 'pve3', detail: expect.stringContaining('no figures') },
    },
    {
      name: 'a node that is alone',
      world: (healthy) => ({ ...healthy, nodes: healthy.nodes.slice(0, 1), guests: healthy.guests.slice(0, 4) }),
      expected: { code: 'node', severity: 'warning', detail: expect.stringContaining('the only node') },
    },
    {
      name: 'a version that is too old',
      world: (healthy) => changeNode(healthy, 'pve2', (node) => ({ ...node, version: '7.4.19' })),
      expected: { code: 'version', severity: 'failure', nodes: ['pve2'] },
    },
    {
      name: 'the clock of the machine that Ballast runs on',
      ill: (sick) => {
        for (const node of ['pve1', 'pve2', 'pve3']) sick.fail({ kind: 'clock-skew', node, skew: -310_000 });
      },
      expected: {
        code: 'clock',
        severity: 'failure',
        subject: 'this machine',
        detail: expect.stringContaining('ahead of the nodes'),
      },
    },
    {
      name: 'a migration that runs',
      world: (healthy) => ({ ...healthy, tasks: [aMigrationOf101(healthy)] }),
      expected: { code: 'migration', severity: 'ok', guests: [expect.objectContaining({ id: 101 })] },
    },
  ])('tells of $name', async ({ world = (healthy) => healthy, ill, expected }) => {
    simulator = await startSimulator({
      world: world(demoWorld(1)),
      speed: 0,
      strict: true,
      tokens: [TOKEN],
      proxyTimeout: 20,
    });
    ill?.(simulator);
    const { findings } = await examine(simulator, {}, { ...QUESTION, guests: 0 });
    expect(findings.filter(({ code }) => code === expected.code)).toEqual([expect.objectContaining(expected)]);
    const others = findings.filter(({ code, severity }) => severity === 'failure' && code !== expected.code);
    expect(others).toEqual([]);
  });

  it('logs in at each entry point by itself, and is told of the one that is down', async () => {
    const world = demoWorld(1);
    const users = [{ name: 'eve@pve', password: 'correct', role: NEEDED }];
    simulator = await startSimulator({ world, speed: 0, strict: true, users, entryPoints: 2 });
    simulator.fail({ kind: 'entry-down', entry: 0 });
    const auth = { kind: 'ticket', username: 'eve@pve', password: 'correct' } as const;
    const diagnosis = await examine(simulator, { auth });
    expect(found(diagnosis, 'endpoint')).toMatchObject([{ severity: 'warning' }, { severity: 'ok' }]);
    expect(found(diagnosis, 'privilege')).toMatchObject([{ severity: 'ok' }]);
    const paths = simulator.requestLog.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['/api2/json/access/ticket']));
  });

  it('tells a quorum that is lost from what is seen then', async () => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens: [TOKEN] });
    simulator.fail({ kind: 'quorum-lost' });
    const diagnosis = await examine(simulator);
    expect(found(diagnosis, 'quorum')).toMatchObject([{ severity: 'failure' }]);
    expect(diagnosis.findings.filter(({ severity }) => severity === 'failure')).toHaveLength(1);
  });

  it.each([
    { targetStorage: 'fast', localDisks: true, containers: false, expected: ['/vms', '/storage/fast'] },
    {
      targetStorage: 'local:fast,local-lvm:ceph',
      localDisks: true,
      containers: false,
      expected: ['/vms', '/storage/fast'],
    },
    { targetStorage: 'fast', localDisks: false, containers: true, expected: ['/vms', '/storage/fast'] },
    { targetStorage: 'fast', localDisks: false, containers: false, expected: [] },
    { targetStorage: '1', localDisks: true, containers: false, expected: [] },
  ])('with disks for $targetStorage asks for what goes there', async ({ containers, expected, ...migration }) => {
    const role = without('VM.Config.Disk', 'Datastore.AllocateSpace');
    const grants = [{ path: '/storage/ceph', role: NEEDED }];
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, tokens: [{ ...TOKEN, role, grants }] });
    const diagnosis = await examine(simulator, { migration }, { ...QUESTION, containers, guests: 0 });
    const missing = found(diagnosis, 'privilege').flatMap((finding) => finding.missing?.paths ?? []);
    expect(missing).toEqual(expected);
  });

  it('warns when guests are granted by their pool alone: others stay out of sight', async () => {
    const grants: readonly Grant[] = [
      { path: '/pool/shop', role: NEEDED },
      { path: '/', role: ['Sys.Audit'] },
      { path: '/storage', role: ['Datastore.Audit', 'Datastore.AllocateSpace'] },
    ];
    const token = { ...TOKEN, role: [], grants };
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens: [token] });
    const { findings } = await examine(simulator);
    const warnings = findings.filter(({ severity, subject }) => severity !== 'ok' && subject !== 'endpoints');
    expect(warnings.map(({ subject }) => subject)).toEqual(
      ['VM.Audit', 'VM.Migrate', 'VM.GuestAgent.Audit', 'VM.Config.Disk'].map((each) => `${each} on /vms`),
    );
    expect(warnings.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('can come to no finding that the page does not list', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const missing = FINDING_CODES.filter((code) => !rows.some((line) => line.split(' | ')[0]?.includes(`\`${code}\``)));
    expect(missing).toEqual([]);
  });

  it('ends when it is interrupted', async () => {
    simulator = await startSimulator({ world: demoWorld(1), speed: 0, strict: true, tokens: [TOKEN] });
    const own = new AbortController();
    const onProgress = (): void => own.abort(new Error('enough'));
    await expect(examine(simulator, {}, { ...QUESTION, signal: own.signal, onProgress })).rejects.toThrow('enough');
  });
});
