import { haproxyTarget, startHaproxy } from '@ballast/targets';
import { CONFORMANCE_POOLS, weightTargetConformance } from '@ballast/testkit/conformance';
import { machineClock as clock } from './support/clock.ts';

for (const way of ['unix', 'tcp'] as const) {
  weightTargetConformance(`haproxyTarget over ${way} on a real HAProxy`, async () => {
    const haproxy = await startHaproxy({ backends: pools(), clock });
    const address = way === 'unix' ? haproxy.socket : haproxy.tcpSocket;
    const target = haproxyTarget({ name: 'lb', address, clock });
    return {
      target,
      forget: () => haproxy.reload(),
      stop: async () => {
        await target.close();
        await haproxy.stop();
      },
    };
  });
}

function pools(): Parameters<typeof startHaproxy>[0]['backends'] {
  return Object.entries(CONFORMANCE_POOLS).map(([name, guests]) => ({
    name,
    servers: guests.map((guest) => ({ name: `guest-${guest}`, port: 8080 })),
  }));
}
