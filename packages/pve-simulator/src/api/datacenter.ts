import { splitList } from '../schema/formats.ts';
import type { CrsOptions, World } from '../world/world.ts';
import { may } from './identity.ts';
import { requireQuorum } from './migrate.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Options of the datacenter, and what is defined for all of it. */
export const datacenterHandlers: Handlers = {
  'GET /cluster/options': options,
  'PUT /cluster/options': setOptions,
  'GET /cluster/config/nodes': ({ world }) => ({
    data: world.nodes.map((node, i) => ({
      name: node.name,
      node: node.name,
      nodeid: String(i + 1),
      quorum_votes: '1',
      ring0_addr: node.address,
    })),
  }),
  'GET /cluster/backup': ({ world }) => ({ data: world.backups.map(backupRow) }),
  'GET /cluster/backup/{id}': ({ world, params }) => {
    const job = world.backups.find(({ id }) => id === params.text('id'));
    if (job === undefined) throw badParameters({ id: `No such job '${params.text('id')}'` });
    return { data: backupRow(job) };
  },
  'GET /cluster/backup-info/not-backed-up': notBackedUp,
  'GET /cluster/mapping/pci': ({ world }) => ({ data: mappings(world, 'pci') }),
  'GET /cluster/mapping/usb': ({ world }) => ({
    data: mappings(world, 'usb').map((row) => ({ ...row, error: '' })),
  }),
  'GET /cluster/mapping/pci/{id}': (call) => mapping(call, 'pci'),
  'GET /cluster/mapping/usb/{id}': (call) => mapping(call, 'usb'),
};

/** Options that are objects in answers and property strings in requests. */
const OBJECTS = new Set([
  'bwlimit',
  'crs',
  'ha',
  'migration',
  'next-id',
  'notify',
  'replication',
  'tag-style',
  'user-tag-access',
]);

/** Without the right to audit only what the web interface needs for everyone. */
function options({ world, identity }: Call): Answer {
  const tags = [...new Set(world.guests.flatMap((guest) => guest.tags))].sort();
  const open: Record<string, unknown> = { 'allowed-tags': tags };
  for (const name of ['console', 'tag-style']) {
    if (world.options[name] !== undefined) open[name] = parsed(name, world.options[name]);
  }
  if (!may(identity, '/', 'Sys.Audit')) return { data: open };
  const set = Object.entries(world.options).map(([name, value]) => [name, parsed(name, value)]);
  return {
    data: { ...open, keyboard: 'en-us', migration: { type: 'secure' }, crs: world.crs, ...Object.fromEntries(set) },
  };
}

function parsed(name: string, value: string | number): unknown {
  return OBJECTS.has(name) ? propertiesOf(String(value), 'type') : value;
}

/** A property string as an object; digits become numbers. */
function propertiesOf(text: string, first: string): CrsOptions {
  return Object.fromEntries(
    splitParts(text).map((part) => {
      const at = part.indexOf('=');
      const [key, value] = at < 0 ? [first, part] : [part.slice(0, at), part.slice(at + 1)];
      return [key, /^\d+(\.\d+)?$/.test(value) ? Number(value) : value];
    }),
  );
}

function splitParts(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

function setOptions(call: Call): Answer {
  requireQuorum(call.world);
  const { params } = call;
  const gone = splitList(params.text('delete'));
  const set = params.scalars().filter(([name]) => name !== 'delete' && name !== 'crs');
  const crs = params.has('crs') ? checkedCrs(propertiesOf(params.text('crs'), 'ha')) : undefined;
  call.apply((world) => ({
    ...world,
    crs: crs ?? (gone.includes('crs') ? {} : world.crs),
    options: Object.fromEntries(
      Object.entries({ ...world.options, ...Object.fromEntries(set) }).filter(([name]) => !gone.includes(name)),
    ),
  }));
  return { data: null };
}

const CRS: Readonly<Record<string, readonly string[] | 'boolean' | 'number'>> = {
  ha: ['basic', 'static', 'dynamic'],
  'ha-rebalance-on-start': 'boolean',
  'ha-auto-rebalance': 'boolean',
  'ha-auto-rebalance-threshold': 'number',
  'ha-auto-rebalance-method': ['bruteforce', 'topsis'],
  'ha-auto-rebalance-hold-duration': 'number',
  'ha-auto-rebalance-margin': 'number',
};

function checkedCrs(crs: CrsOptions): CrsOptions {
  for (const [name, value] of Object.entries(crs)) {
    const kind = Object.hasOwn(CRS, name) ? CRS[name] : undefined;
    const bad =
      kind === undefined ||
      (typeof kind === 'object' && !kind.includes(String(value))) ||
      (kind === 'number' && typeof value !== 'number') ||
      (kind === 'boolean' && value !== 0 && value !== 1);
    if (bad) throw badParameters({ crs: `invalid format - format error\ncrs.${name}: value '${value}' is invalid\n` });
  }
  return crs;
}

function backupRow({ id, schedule, storage, enabled, guests, comment }: World['backups'][number]): object {
  return {
    id,
    type: 'vzdump',
    schedule,
    storage,
    mode: 'snapshot',
    enabled: enabled ? 1 : 0,
    ...(guests === undefined ? { all: 1 } : { vmid: guests.join(',') }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function notBackedUp({ world }: Call): Answer {
  const jobs = world.backups.filter((job) => job.enabled);
  const left = world.guests.filter(({ id }) => !jobs.some((job) => job.guests?.includes(id) ?? true));
  return { data: left.map(({ id, kind, name }) => ({ vmid: id, type: kind, name })) };
}

type Mapping = World['mappings'][number];

function mappings(world: World, kind: Mapping['kind']): readonly object[] {
  return world.mappings.filter((entry) => entry.kind === kind).map(({ kind: _kind, ...row }) => row);
}

function mapping({ world, params }: Call, kind: Mapping['kind']): Answer {
  const found = world.mappings.find((entry) => entry.kind === kind && entry.id === params.text('id'));
  if (found === undefined) throw died(`mapping '${params.text('id')}' not found`);
  const { kind: _kind, ...row } = found;
  return { data: row };
}
