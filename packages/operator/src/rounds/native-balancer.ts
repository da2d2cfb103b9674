import type { BalancePolicy, ClusterSnapshot } from '@ballast/core';
import { nativeBalancerNote } from '@ballast/report';
import type { Logger } from '@ballast/telemetry';

/** Tells the log what Ballast does about the balancer of Proxmox VE itself: when it is first seen, and when that changes. */
export class NativeBalancerWatch {
  readonly #log: Logger;
  #told: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  look(snapshot: ClusterSnapshot, policy: BalancePolicy): void {
    const note = nativeBalancerNote(snapshot, policy);
    if (note?.text === this.#told) return;
    this.#told = note?.text;
    const code = { code: 'native-balancer' };
    if (note === undefined) this.#log.info(code, "Proxmox VE's own balancer is off now: Ballast moves all guests.");
    else if (note.warning) this.#log.warn(code, note.text);
    else this.#log.info(code, note.text);
  }
}
