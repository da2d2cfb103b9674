import type { VirtualService } from '../../src/index.ts';
import { aMember, aMember6, aVirtualService } from './builders.ts';

/** One of each kind of service, and several beside each other. */
export const cases: Readonly<Record<string, readonly VirtualService[]>> = {
  'weighted-ipv4-tcp': [aVirtualService({ members: [aMember(1, 10), aMember(2, 20), aMember(3, 30), aMember(4, 40)] })],
  'weighted-ipv6-udp': [
    aVirtualService({
      name: 'dns',
      vip: { address: 'FD00:9:0::100', port: 53 },
      protocol: 'udp',
      members: [aMember6(1, 1, { port: 53 }), aMember6(2, 0.5, { port: 53 })],
    }),
  ],
  'source-ip': [aVirtualService({ algorithm: 'source-ip' })],
  'round-robin': [aVirtualService({ algorithm: 'round-robin', members: [aMember(1, 0.1), aMember(2, 0.9)] })],
  'least-connections': [aVirtualService({ algorithm: 'least-connections', members: [aMember(1), aMember(2)] })],
  persistence: [
    aVirtualService({ persistence: { type: 'source-ip', timeout: 90_000 }, members: [aMember(1), aMember(2)] }),
  ],
  'persistence-ipv6-least-connections': [
    aVirtualService({
      algorithm: 'least-connections',
      vip: { address: 'fd00:9::100', port: 443 },
      persistence: { type: 'source-ip', timeout: 1 },
      members: [aMember6(1), aMember6(2)],
    }),
  ],
  'several-services': [
    aVirtualService({ members: [aMember(1), aMember(2)] }),
    aVirtualService({
      name: 'shop-tls',
      vip: { address: '10.9.0.100', port: 443 },
      members: [aMember(1, 1, { port: 8443 })],
    }),
    aVirtualService({ name: 'api', vip: { address: '10.9.0.101', port: 80 }, members: [aMember(2), aMember(3)] }),
  ],
  'all-drained': [aVirtualService({ members: [aMember(1, 1, { state: 'drain' }), aMember(2, 1, { state: 'drain' })] })],
};
