import { T0, VirtualClock } from '@ballast/testkit';
import { connectProxmox, type ProxmoxCluster, type ProxmoxOptions, type RequestEvent } from '../../src/index.ts';
import type { TestPve } from './pve.ts';

export const TOKEN_ID = 'ballast@pve!operator';
export const SECRET = '5e0d0b6e-7c4b-4a55-9e5f-0c7a2f6b1d3e';
export const PASSWORD = 'correct-horse-battery-staple';

export interface Connected {
  readonly cluster: ProxmoxCluster;
  readonly clock: VirtualClock;
  readonly warnings: string[];
  readonly events: RequestEvent[];
  /** Waits for `promise` while time moves on whenever nothing is under way on the wire. */
  readonly drive: <T>(promise: Promise<T>, step?: number) => Promise<T>;
}

/** A driver for one or several servers, on virtual time, with dice that always show 0.5. */
export function connect(pves: TestPve | readonly TestPve[], options: Partial<ProxmoxOptions> = {}): Connected {
  const servers = Array.isArray(pves) ? (pves as readonly TestPve[]) : [pves as TestPve];
  const warnings: string[] = [];
  const events: RequestEvent[] = [];
  const quiet = async (): Promise<void> => {
    for (let calm = 0; calm < 4; calm = cluster.pending === 0 ? calm + 1 : 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  const clock = new VirtualClock(T0, quiet);
  const cluster: ProxmoxCluster = connectProxmox({
    cluster: 'test',
    endpoints: servers.map((pve) => pve.endpoint),
    auth: { kind: 'token', id: TOKEN_ID, secret: SECRET },
    tls: { fingerprints: servers.map((pve) => pve.certificate.fingerprint) },
    clock,
    random: () => 0.5,
    warn: (message) => warnings.push(message),
    onRequest: (event) => events.push(event),
    ...options,
  });
  const drive = async <T>(promise: Promise<T>, step = 1000): Promise<T> => {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    promise.then(end, end);
    await quiet();
    while (!ended) await clock.advance(step);
    return promise;
  };
  return { cluster, clock, warnings, events, drive };
}

/** What `promise` is rejected with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly hint?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a failure, got none.');
}
