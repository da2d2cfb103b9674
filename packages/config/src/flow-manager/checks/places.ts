import type { Fault } from '../../problems/fault.ts';
import { at, listAt } from '../../problems/raw.ts';
import { readAddress, readDatapathId } from '../../values/hosts.ts';
import { valueIn } from '../../values/scalar.ts';

/** An address is at one place; a port leads to one switch, and not to its own. */
export function checkPlaces(data: unknown): readonly Fault[] {
  return [...placedTwice(data), ...linksOf(data)];
}

function placedTwice(data: unknown): readonly Fault[] {
  const addresses = listAt(data, 'placements').map((placement) => valueIn(readAddress(at(placement, 'address'))));
  return addresses.flatMap((address, i) => {
    const first = addresses.indexOf(address);
    if (address === undefined || first === i) return [];
    const got = `${address}, which placements[${first}] has`;
    return [{ path: ['placements', i, 'address'], expected: 'each address once', got }];
  });
}

function linksOf(data: unknown): readonly Fault[] {
  const links = listAt(data, 'links').map((link) => {
    const [from, to] = ['switch', 'to'].map((key) => valueIn(readDatapathId(at(link, key))));
    if (from === undefined || to === undefined) return undefined;
    return { from, to, key: `${from} ${String(at(link, 'port'))}` };
  });
  return links.flatMap((link, i) => {
    if (link === undefined) return [];
    if (link.from === link.to) return [{ path: ['links', i, 'to'], expected: 'another switch', got: 'the same one' }];
    const first = links.findIndex((other) => other?.key === link.key);
    if (first === i) return [];
    return [{ path: ['links', i, 'port'], expected: 'each port of a switch once', got: `the one of links[${first}]` }];
  });
}
