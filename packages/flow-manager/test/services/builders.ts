import type { Placement, ServiceMember, VirtualService } from '../../src/index.ts';

/** Ready, with its weight, at 10.9.0.(10 + n) or fd00:9::(10 + n), port 8080. */
export function aMember(n: number, weight = 1, fields: Partial<ServiceMember> = {}): ServiceMember {
  return { guest: 100 + n, address: `10.9.0.${10 + n}`, port: 8080, weight, state: 'ready', ...fields };
}

/** A weighted TCP service at 10.9.0.100 port 80 over four members. */
export function aVirtualService(fields: Partial<VirtualService> = {}): VirtualService {
  return {
    name: 'shop',
    vip: { address: '10.9.0.100', port: 80 },
    protocol: 'tcp',
    algorithm: 'weighted',
    members: [aMember(1), aMember(2), aMember(3), aMember(4)],
    ...fields,
  };
}

export const aMember6 = (n: number, weight = 1, fields: Partial<ServiceMember> = {}): ServiceMember =>
  aMember(n, weight, { address: `fd00:9::${10 + n}`, ...fields });

/** Members 1 to 4 at ports 11 to 14 of switch 1, in both families. */
export const somePlacements: readonly Placement[] = [1, 2, 3, 4].flatMap((n) =>
  [`10.9.0.${10 + n}`, `fd00:9::${10 + n}`].map((address) => ({
    address,
    mac: `02:00:00:00:00:1${n}`,
    at: { dpid: 1n, port: 10 + n },
  })),
);
