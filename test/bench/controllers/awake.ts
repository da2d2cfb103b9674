import { closeSync, openSync, writeSync } from 'node:fs';

/** Of Linux (PM QoS): as long as it is open, idle processors wake up within the microseconds written to it. */
const DEVICE = '/dev/cpu_dma_latency';

/**
 * Keeps processors from falling asleep between two packets, as `tuned-adm profile latency-performance` does: an idle
 * virtual machine takes some 40 us to wake one, which is more than an answer takes. Returns what ends it; `undefined`
 * where this machine does not let it.
 */
export function keepAwake(): (() => void) | undefined {
  try {
    const device = openSync(DEVICE, 'w');
    writeSync(device, new Uint8Array(4));
    return () => closeSync(device);
  } catch {
    return undefined;
  }
}
