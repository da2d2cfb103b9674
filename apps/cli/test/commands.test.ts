import { demoWorld, ROLES } from '@ballast/pve-simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal, type TerminalOptions, type TestTerminal } from './terminal.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await aCluster();
});
afterAll(() => cluster.stop());

async function ballast(
  args: readonly string[],
  options: TerminalOptions & { readonly config?: string } = {},
): Promise<TestTerminal & { readonly code: number }> {
  const terminal = aTerminal({ env: ENV, ...options });
  const code = await run(['--config', options.config ?? cluster.config, ...args], terminal);
  return { ...terminal, code };
}

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => Array.from(line).length));

describe('ballast status', () => {
  it('shows each node with its load and class, within 80 columns', async () => {
    const { code, out, err } = await ballast(['status']);
    expect(err()).toBe('');
    expect(code).toBe(0);
    for (const node of cluster.simulator.world.nodes) expect(out()).toContain(node.name);
    expect(out()).toContain('over');
    expect(widest(out())).toBeLessThanOrEqual(80);
  });

  it('is JSON when asked to be', async () => {
    const { out } = await ballast(['status', '-o', 'json']);
    expect(JSON.parse(out())).toMatchObject({ schema: 'ballast-status/1', nodes: [{}, {}, {}] });
  });
});

describe('beside the balancer of Proxmox VE', () => {
  const HA = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
  const demo = demoWorld(1);
  /** Every guest of the hot node is under HA, and the native balancer is on. */
  const world = {
    ...demo,
    crs: { ha: 'dynamic', 'ha-auto-rebalance': 1 },
    guests: demo.guests.map((guest) => (guest.node === 'pve1' ? { ...guest, ha: HA } : guest)),
  };

  it.each([
    ['cede', /and may move 4 guests under HA .* Ballast leaves them to it/, /left to the native balancer/],
    [
      'exclusive',
      /Warning: .* and may move 4 guests under HA .* two balancers may undo/,
      /1 migration.* pve1 → .* two balancers may undo/,
    ],
  ])('%s is told by status and plan', async (coexistence, told, planned) => {
    const shared = await aCluster(world);
    try {
      const config = await shared.configWith(`balance: { coexistence: ${coexistence} }`);
      const words = async (...args: string[]): Promise<string> =>
        (await ballast(args, { config })).out().replaceAll(/\s+/g, ' ');
      expect(await words('status')).toMatch(told);
      const plan = await words('plan');
      expect(plan).toMatch(planned);
      expect(plan).toContain("Proxmox VE's own balancer is on");
      expect(JSON.parse((await ballast(['status', '-o', 'json'], { config })).out()).nativeBalancer).toMatchObject({
        active: true,
        coexistence,
      });
    } finally {
      await shared.stop();
    }
  });
});

describe('ballast plan', () => {
  it('says what would be done and why, and does nothing', async () => {
    const before = cluster.simulator.world.guests.map((guest) => guest.node);
    const { code, out } = await ballast(['plan']);
    expect(code).toBe(0);
    expect(out()).toMatch(/pve1/);
    expect(widest(out())).toBeLessThanOrEqual(80);
    expect(cluster.simulator.world.guests.map((guest) => guest.node)).toEqual(before);
    expect(cluster.simulator.requestLog.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  it('tells by its exit code that steps are pending, when asked to', async () => {
    expect((await ballast(['plan', '--detailed-exitcode'])).code).toBe(2);
    const calm = await cluster.configWith('balance: { cpu: { high: 99%, target: 98%, ceiling: 99% } }');
    expect((await ballast(['plan', '--detailed-exitcode'], { config: calm })).code).toBe(0);
  });

  it.each([
    ['json', /"schema": "ballast-plan\/1"/],
    ['markdown', /^\|/m],
    ['html', /^<!doctype html>/i],
  ])('writes %s', async (format, looks) => {
    expect((await ballast(['plan', '-o', format])).out()).toMatch(looks);
  });
});

describe('ballast explain', () => {
  it('takes a vmid or a name', async () => {
    const [guest] = cluster.simulator.world.guests;
    const byId = await ballast(['explain', String(guest?.id)]);
    const byName = await ballast(['explain', guest?.name ?? '']);
    expect(byId.code).toBe(0);
    expect(byId.out()).toContain(guest?.name);
    expect(byName.out()).toContain(String(guest?.id));
  });

  it('names the nearest guests when it knows none of that name', async () => {
    const { code, err } = await ballast(['explain', 'order-01']);
    expect(code).toBe(1);
    expect(err()).toContain('Expected a guest of the cluster, got order-01.');
    expect(err()).toContain('orders-01');
  });
});

describe('ballast weights', () => {
  it('says so when there is nothing to push to', async () => {
    const { code, err } = await ballast(['weights', 'push']);
    expect(code).toBe(1);
    expect(err()).toContain('Nothing to push to: the configuration names no targets.');
  });

  it('shows what each member would get', async () => {
    const config = await cluster.configWith('services: [{ name: orders, port: 80, members: { tags: [orders] } }]');
    const { out, code } = await ballast(['weights'], { config });
    expect(code).toBe(0);
    expect(out()).toContain('orders-01');
  });
});

describe('ballast doctor', () => {
  let examined: TestCluster;
  beforeAll(async () => {
    // The clocks of the nodes are looked at, too.
    examined = await aCluster(demoWorld(1, Date.now()), 1);
  });
  afterAll(() => examined.stop());
  const doctor = (args: readonly string[] = [], options: TerminalOptions & { readonly config?: string } = {}) =>
    ballast(['doctor', ...args], { config: examined.config, ...options });

  const flowed = (text: string): string => text.replaceAll(/\s+/g, ' ');

  it('says that all is well, within 80 columns, and changes nothing', async () => {
    const { code, out, err } = await doctor();
    expect(out()).toContain('Ballast can work with this cluster; 1 warning.');
    expect(out()).toContain('There is one entry point');
    expect(err()).toBe('');
    expect(code).toBe(0);
    expect(widest(out())).toBeLessThanOrEqual(80);
    expect(examined.simulator.requestLog.filter((request) => request.method !== 'GET')).toEqual([]);
  });

  it('is JSON when asked to be', async () => {
    const { out } = await doctor(['-o', 'json', '--max-guests', '3']);
    const document = JSON.parse(out()) as { readonly requests: number };
    expect(document).toMatchObject({ schema: 'ballast-doctor/1', cluster: 'shop', healthy: true, failures: 0 });
    expect(document.requests).toBe(1 + 9 + 3 * 3 + 3 * 2);
  });

  it('ends with 1 where a privilege is missing, and says what to type', async () => {
    const role = ROLES.Balancer.filter((privilege) => privilege !== 'VM.Migrate');
    const poor = await aCluster(demoWorld(1, Date.now()), 1, { role });
    const { code, out } = await doctor(['--max-guests', '0'], { config: poor.config });
    await poor.stop();
    expect(code).toBe(1);
    expect(flowed(out())).toContain('Expected token ballast@pve!cli to have VM.Migrate on /vms, got none.');
    expect(out()).toContain("pveum acl modify /vms --tokens 'ballast@pve!cli' --roles Ballast");
    expect(out()).toContain('1 check failed');
  });

  it('warns of a pool of the configuration that the cluster does not have', async () => {
    const config = await examined.configWith('services: [{ name: shop, port: 80, members: { pools: [shopp] } }]');
    const { code, out } = await doctor(['--max-guests', '0'], { config });
    expect(code).toBe(0);
    expect(flowed(out())).toContain(
      'Expected the resource pool shopp of the configuration in the cluster, got none of that name. Did you mean shop?',
    );
  });

  it('shows how far it is on a terminal, and leaves nothing of it behind', async () => {
    const terminal = aTerminal({ env: ENV });
    const shown = { ...terminal, stderr: { ...terminal.stderr, isTTY: true } };
    await run(['--config', examined.config, 'doctor'], shown);
    expect(terminal.err()).toContain('Looking at guests: 12 of 12');
    expect(terminal.err().endsWith('\r\u001b[2K')).toBe(true);
  });

  it('tells of a token that is refused as a finding, without showing it', async () => {
    const { code, out, err } = await doctor([], { env: { TOKEN: 'f7a5b8c2-0000-4000-8000-000000000000' } });
    expect(code).toBe(1);
    expect(out()).toContain('1 check failed');
    expect(out() + err()).not.toMatch(/f7a5b8c2|\n\s+at /);
  });

  it('refuses a limit that is no number', async () => {
    const { code, err } = await doctor(['--max-guests', 'all']);
    expect(code).toBe(1);
    expect(err()).toContain('Expected a whole number, at least 0.');
  });
});

describe('ballast config check', () => {
  it('says that a good file is good', async () => {
    const { code, out } = await ballast(['config', 'check']);
    expect(code).toBe(0);
    expect(out()).toContain(cluster.config);
  });

  it('names everything that is wrong with a bad one', async () => {
    const config = await cluster.configWith('balance: { cpu: { high: 800 } }\nmodus: auto');
    const { code, err } = await ballast(['config', 'check'], { config });
    expect(code).toBe(1);
    expect(err()).toContain('800');
    expect(err()).toContain('modus');
    expect(err()).not.toMatch(/\n\s+at /);
  });
});

describe('bad input', () => {
  it.each([
    { case: 'no such file', args: ['status'], config: '/nowhere/ballast.yaml', says: '/nowhere/ballast.yaml' },
    { case: 'an unknown command', args: ['statsu'], says: 'status' },
    { case: 'an unknown option', args: ['plan', '--outptu', 'json'], says: '--output' },
    { case: 'an unknown format', args: ['plan', '-o', 'pdf'], says: 'text, json, markdown, html' },
    { case: 'a missing argument', args: ['explain'], says: 'guest' },
  ])('$case', async ({ args, config, says }) => {
    const { code, err } = await ballast(args, config === undefined ? {} : { config });
    expect(code).toBe(1);
    expect(err()).toContain(says);
    expect(err()).not.toMatch(/\n\s+at /);
  });

  it('an unset secret names the variable', async () => {
    const { code, err } = await ballast(['status'], { env: {} });
    expect(code).toBe(1);
    expect(err()).toContain('TOKEN');
  });

  it('a wrong token says that it is wrong, without showing it', async () => {
    const { code, err } = await ballast(['status'], { env: { TOKEN: 'f7a5b8c2-0000-4000-8000-000000000000' } });
    expect(code).toBe(1);
    expect(err()).toMatch(/token/i);
    expect(err()).not.toContain('f7a5b8c2');
  });
});
