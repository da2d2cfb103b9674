import {
  answerProblems,
  type Description,
  descriptions,
  ROLES,
  type Simulator,
  type SimulatorToken,
  startSimulator,
} from '@ballast/pve-simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { worldOfEverything } from '../../packages/pve-simulator/test/support/everything.ts';
import { type Asked, data, type Reply, read, realCluster } from './proxmox-real.ts';

// Preconditions of migrations are told to those who may migrate.
const TOKEN: SimulatorToken = {
  id: 'auditor@pve!conformance',
  secret: '11111111-2222-4333-8444-aaaaaaaaaaaa',
  role: [...ROLES.PVEAuditor, 'VM.Migrate'],
};
const JSON_TYPE = 'application/json;charset=UTF-8';
/** What a token may lack the right to, whatever is asked of it. */
const NOT_FOR_AUDITORS = /Permission check failed/;
/** What stands in the way of an answer in a cluster that is well. */
const NOT_NOW = /agent|migrated to rules|is not running|not implemented|does not exist|is disabled/i;

/** What even the simulator refuses: definitions of storages are not for auditors, and groups are gone. */
const EVEN_HERE = new Set(['GET /storage/{storage}', 'GET /cluster/ha/groups', 'GET /cluster/ha/groups/{group}']);

const READS = [...descriptions.values()].filter(({ name }) => name.startsWith('GET '));

/** What a cluster has of everything that a path can name. */
type Examples = ReadonlyMap<string, string>;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ world: worldOfEverything(), speed: 0, tokens: [TOKEN] });
});
afterAll(() => simulator.stop());

conformance('the simulator', () => ({ url: simulator.urls[0] ?? '', token: TOKEN, ca: simulator.ca }), true);
const real = realCluster(process.env);
if (real !== undefined) conformance(`the cluster at ${real.url}`, () => real, false);

/** Reads all that can be read of a cluster, and changes nothing. @param whole everything must be there to be asked for */
function conformance(name: string, target: () => Asked, whole: boolean): void {
  describe(`${name}, read only`, () => {
    let asked: Asked;
    let examples: Examples;
    beforeAll(async () => {
      asked = target();
      examples = await findExamples(asked);
    });

    it.each(READS)('$name answers as it is described', async (description) => {
      const path = pathOf(description, examples);
      const reply = path === undefined ? undefined : await read(asked, path);
      expect(reply === undefined ? unasked(whole) : problemsOf(description, reply, whole)).toEqual([]);
    });

    it('lets nobody in who is not known, without a word', async () => {
      expect(await read(asked, '/version', false)).toMatchObject({ status: 401, reason: 'No ticket', body: '' });
    });

    it('knows no path that is not there', async () => {
      const answer = await read(asked, '/nosuch');
      expect(answer).toMatchObject({ status: 501, reason: "Method 'GET /nosuch' not implemented", type: JSON_TYPE });
    });

    it('names a parameter that it does not know', async () => {
      const { status, reason, body } = await read(asked, '/version?no-such-thing=1');
      expect({ status, reason }).toEqual({ status: 400, reason: 'Parameter verification failed.' });
      expect(Object.keys((JSON.parse(body) as { errors: object }).errors)).toEqual(['no-such-thing']);
    });

    it('says 500 for a guest that is not there', async () => {
      const node = examples.get('node') ?? '';
      const { status, reason } = await read(asked, `/nodes/${node}/qemu/999999999/config`);
      // A token without rights on all guests is refused before.
      const missing = `Configuration file 'nodes/${node}/qemu-server/999999999.conf' does not exist`;
      expect([`500 ${missing}`, '403 Permission check failed (/vms/999999999, VM.Audit)']).toContain(
        `${status} ${reason}`,
      );
    });

    it('names tasks in one form', async () => {
      const tasks = await data<{ upid: string }[]>(asked, '/cluster/tasks');
      const form = /^UPID:[^:]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:]+:[^:]*:[^:]+:$/i;
      expect(tasks.map(({ upid }) => upid).filter((upid) => !form.test(upid))).toEqual([]);
    });
  });
}

/** A cluster need not have one of everything; the simulated one must. */
function unasked(whole: boolean): readonly string[] {
  return whole ? ['nothing to ask for'] : [];
}

function problemsOf(description: Description, reply: Reply, whole: boolean): readonly string[] {
  const { status, reason, type, body } = reply;
  if (status !== 200) {
    const expected = (status === 403 ? NOT_FOR_AUDITORS : NOT_NOW).test(reason);
    return expected && (!whole || EVEN_HERE.has(description.name)) ? [] : [`${status} ${reason}`];
  }
  if (type !== JSON_TYPE) return [`content type ${type}`];
  const answer = JSON.parse(body) as { readonly data?: unknown };
  return answer.data === undefined ? ['no data'] : answerProblems(description.returns, answer.data);
}

/** Names that stand in the paths of a cluster. */
async function findExamples(asked: Asked): Promise<Examples> {
  const guests = await data<{ node: string; vmid: number; type: string }[]>(asked, '/cluster/resources?type=vm');
  const machine = guests.find(({ type }) => type === 'qemu');
  const container = guests.find(({ type }) => type === 'lxc');
  const nodes = await data<{ node: string; status: string }[]>(asked, '/nodes');
  const node = machine?.node ?? nodes.find(({ status }) => status === 'online')?.node ?? '';
  const found = new Map<string, string>([['node', node]]);
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) found.set(name, String(value));
  };
  set('qemu', machine?.vmid);
  set('lxc', container?.vmid);
  set('lxc-node', container?.node);
  set('userid', asked.token.id.split('!')[0]);
  set('tokenid', asked.token.id.split('!')[1]);
  const first = async (name: string, path: string, key: string): Promise<void> => {
    const { status, body } = await read(asked, path);
    const rows = status === 200 ? (JSON.parse(body) as { data: Record<string, string | number>[] }).data : [];
    set(name, rows.find((row) => row[key] !== 'current')?.[key]);
  };
  await first('upid', `/nodes/${node}/tasks?source=all&limit=1`, 'upid');
  await first('sid', '/cluster/ha/resources', 'sid');
  await first('rule', '/cluster/ha/rules', 'rule');
  await first('group', '/cluster/ha/groups', 'group');
  await first('poolid', '/pools', 'poolid');
  await first('storage', `/nodes/${node}/storage`, 'storage');
  await first('replication', '/cluster/replication', 'id');
  await first('source', '/cluster/replication', 'source');
  await first('backup', '/cluster/backup', 'id');
  await first('pci', '/cluster/mapping/pci', 'id');
  await first('usb', '/cluster/mapping/usb', 'id');
  for (const kind of ['qemu', 'lxc']) {
    const at = kind === 'lxc' ? found.get('lxc-node') : node;
    await first(`${kind}-snapshot`, `/nodes/${at}/${kind}/${found.get(kind)}/snapshot`, 'name');
  }
  return found;
}

/** The path of a method, filled with what the cluster has; undefined when it has nothing of the kind. */
function pathOf({ name }: Description, examples: Examples): string | undefined {
  const [, template = ''] = name.split(' ');
  const kind = name.includes('/lxc/') ? 'lxc' : 'qemu';
  const keys: Readonly<Record<string, string>> = {
    vmid: kind,
    node: name.includes('/lxc/{vmid}') ? 'lxc-node' : name.includes('/replication/') ? 'source' : 'node',
    snapname: `${kind}-snapshot`,
    id: name.includes('/pci/')
      ? 'pci'
      : name.includes('/usb/')
        ? 'usb'
        : name.includes('/backup/')
          ? 'backup'
          : 'replication',
  };
  let missing = false;
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    // Groups are gone where there are rules: the refusal is the answer.
    const value = examples.get(keys[key] ?? key) ?? (key === 'group' ? 'any' : undefined);
    missing ||= value === undefined;
    return encodeURIComponent(value ?? '');
  });
  const query = template.endsWith('/rrddata')
    ? '?timeframe=hour'
    : template.endsWith('/feature')
      ? '?feature=snapshot'
      : '';
  return missing ? undefined : `${path}${query}`;
}
