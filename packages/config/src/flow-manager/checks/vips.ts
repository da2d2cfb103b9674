import type { Fault } from '../../problems/fault.ts';
import { at, listAt } from '../../problems/raw.ts';
import { readAddress, readMac } from '../../values/hosts.ts';
import { valueIn } from '../../values/scalar.ts';

/** Each protocol, address and port belongs to one service; a VIP of several services has one MAC. */
export function checkVips(data: unknown): readonly Fault[] {
  const vips = listAt(data, 'services').map(vipOf);
  return vips.flatMap((vip, i) => {
    if (vip === undefined) return [];
    const before = vips.slice(0, i);
    const same = before.findIndex((other) => other?.key === vip.key);
    if (same >= 0) {
      return [
        {
          path: ['services', i, 'vip'],
          expected: 'a VIP and port of its own',
          got: `${vip.key}, which services[${same}] has`,
          hint: 'Give one of them another port.',
        },
      ];
    }
    const other = before.findIndex((known) => known?.address === vip.address && known.mac !== vip.mac);
    if (other < 0) return [];
    const path = ['services', i, 'mac'];
    const hint = 'Give both services the same mac, or none.';
    return [{ path, expected: `the MAC that services[${other}] has for ${vip.address}`, got: vip.mac ?? 'none', hint }];
  });
}

interface Vip {
  readonly address: string;
  readonly mac: string | undefined;
  /** `tcp 10.0.0.5 port 80` */
  readonly key: string;
}

function vipOf(service: unknown): Vip | undefined {
  const address = valueIn(readAddress(at(service, 'vip', 'address')));
  const port = at(service, 'vip', 'port');
  const protocol = at(service, 'protocol') ?? 'tcp';
  if (address === undefined || typeof port !== 'number' || typeof protocol !== 'string') return undefined;
  return { address, mac: valueIn(readMac(at(service, 'mac'))), key: `${protocol} ${address} port ${port}` };
}
