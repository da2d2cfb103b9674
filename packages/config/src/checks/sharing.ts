import { type Fault, type Path, pathText } from '../problems/fault.ts';
import { at, listAt } from '../problems/raw.ts';
import { readDatapath } from '../values/datapath.ts';
import { readAddress } from '../values/hosts.ts';
import { valueIn } from '../values/scalar.ts';

/** Within one target each VIP and port is of one service, and so is each group of a switch. */
export function checkSharing(data: unknown): readonly Fault[] {
  const claims = listAt(data, 'services').flatMap((service, i) => [
    ...vipClaims(data, service, i),
    ...groupClaims(data, service, i),
  ]);
  const owners = new Map<string, number>();
  // Said once for each place: several switches may have the same group.
  const faults = new Map<string, Fault>();
  for (const { key, service, path, expected, got, hint } of claims) {
    const owner = owners.get(key) ?? service;
    owners.set(key, owner);
    if (owner === service) continue;
    faults.set(pathText(path), { path, expected, got: `${got}, which services[${owner}] has`, hint });
  }
  return [...faults.values()];
}

interface Claim {
  readonly service: number;
  /** Equal where two claim the same. */
  readonly key: string;
  readonly path: Path;
  readonly expected: string;
  readonly got: string;
  readonly hint: string;
}

function vipClaims(data: unknown, service: unknown, i: number): readonly Claim[] {
  const address = valueIn(readAddress(at(service, 'vip', 'address')));
  const port = at(service, 'vip', 'port');
  if (address === undefined || typeof port !== 'number') return [];
  // What is spoken on TCP makes no difference to flows.
  const protocol = at(service, 'protocol') === 'udp' ? 'udp' : 'tcp';
  const got = `${protocol} ${address} port ${port}`;
  const path = ['services', i, 'vip'];
  return carriersOf(service)
    .filter(({ name }) => kindOf(data, name) === 'flow-manager')
    .map(({ name }) => ({
      service: i,
      key: `${String(name)} ${got}`,
      path,
      expected: 'a VIP and port of its own',
      got,
      hint: 'Give one of them another port.',
    }));
}

function groupClaims(data: unknown, service: unknown, i: number): readonly Claim[] {
  return carriersOf(service).flatMap(({ name, stated, j }) => {
    const group = at(stated, 'group');
    const target = listAt(data, 'targets').find((entry) => at(entry, 'name') === name);
    if (typeof group !== 'number' || at(target, 'kind') !== 'ryu') return [];
    const path = ['services', i, 'targets', j, 'group'];
    const own = listAt(stated, 'datapaths');
    return (own.length > 0 ? own : listAt(target, 'datapaths')).flatMap((id) => {
      const switchId = valueIn(readDatapath(id));
      if (switchId === undefined) return [];
      const key = `${String(name)} ${switchId} group ${group}`;
      const hint = 'Give each service a group of its own.';
      return [{ service: i, key, path, expected: 'a group of its own', got: String(group), hint }];
    });
  });
}

function carriersOf(
  service: unknown,
): readonly { readonly name: unknown; readonly stated: unknown; readonly j: number }[] {
  return listAt(service, 'targets').map((stated, j) => ({
    name: typeof stated === 'string' ? stated : at(stated, 'name'),
    stated,
    j,
  }));
}

function kindOf(data: unknown, name: unknown): unknown {
  return at(
    listAt(data, 'targets').find((target) => at(target, 'name') === name),
    'kind',
  );
}
