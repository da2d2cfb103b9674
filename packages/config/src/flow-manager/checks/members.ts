import { isIP } from 'node:net';
import type { Fault, Path } from '../../problems/fault.ts';
import { at, listAt } from '../../problems/raw.ts';
import { readAddress } from '../../values/hosts.ts';
import { valueIn } from '../../values/scalar.ts';

/** Members are of the VIP's family and beside it, each guest and each endpoint once; only http has a request. */
export function checkMembers(data: unknown): readonly Fault[] {
  return listAt(data, 'services').flatMap((service, i) => {
    const path: Path = ['services', i];
    return [...addresses(service, path), ...duplicates(service, path), ...strangeRequest(service, path)];
  });
}

function addresses(service: unknown, path: Path): readonly Fault[] {
  const vip = addressAt(service, 'vip', 'address');
  if (vip === undefined) return [];
  return listAt(service, 'members').flatMap((member, j): readonly Fault[] => {
    const address = addressAt(member, 'address');
    const place = [...path, 'members', j, 'address'];
    if (address === undefined) return [];
    if (address === vip) return [{ path: place, expected: 'an address beside the VIP', got: 'the VIP itself' }];
    if (isIP(address) === isIP(vip)) return [];
    const hint = 'Make a second service for the other family.';
    return [{ path: place, expected: `an IPv${isIP(vip)} address as the VIP has`, got: address, hint }];
  });
}

function duplicates(service: unknown, path: Path): readonly Fault[] {
  const members = listAt(service, 'members');
  const guests = members.map((member) => numberAt(member, 'guest'));
  const endpoints = members.map((member) => {
    const [address, port] = [addressAt(member, 'address'), numberAt(member, 'port')];
    return address === undefined || port === undefined ? undefined : `${address} port ${port}`;
  });
  return members.flatMap((_, j) => {
    const place = [...path, 'members', j];
    const guest = again(guests, j);
    if (guest !== undefined) {
      const hint = 'A guest that serves at two ports is a member of two services.';
      return [{ path: [...place, 'guest'], expected: 'each guest once', got: `${guest} again`, hint }];
    }
    const endpoint = again(endpoints, j);
    return endpoint === undefined
      ? []
      : [{ path: [...place, 'address'], expected: 'each address and port once', got: `${endpoint} again` }];
  });
}

/** An entry that stands before in its list, too. */
function again<T>(list: readonly (T | undefined)[], index: number): T | undefined {
  const entry = list[index];
  return entry !== undefined && list.indexOf(entry) < index ? entry : undefined;
}

function strangeRequest(service: unknown, path: Path): readonly Fault[] {
  const type = at(service, 'monitor', 'type');
  if (typeof type !== 'string' || type === 'http' || at(service, 'monitor', 'http') === undefined) return [];
  const hint = 'Only the type http sends a request.';
  return [{ path: [...path, 'monitor', 'http'], expected: `no http with the type ${type}`, got: 'one', hint }];
}

function addressAt(data: unknown, ...path: Path): string | undefined {
  return valueIn(readAddress(at(data, ...path)));
}

function numberAt(data: unknown, key: string): number | undefined {
  const value = at(data, key);
  return typeof value === 'number' ? value : undefined;
}
