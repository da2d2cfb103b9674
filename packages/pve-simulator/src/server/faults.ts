import type { GuestId, Milliseconds, NodeName } from '@ballast/core';

interface Matched {
  /** How many requests it strikes; 1 when absent. */
  readonly times?: number;
  /** Only requests of this method. */
  readonly method?: string;
  /** Only requests whose path has this in it, such as `/migrate`. */
  readonly path?: string;
}

/**
 * What befalls single requests:
 * `hang` never answers; `reset` breaks the connection before the request is carried out; `lost-answer` carries it out
 * and breaks the connection then; `cut` sends half of the answer; `garbage` answers 200 with what is no JSON; `slow`
 * answers late, and carries the request out late as well; `status` answers with a status and reason instead of
 * carrying the request out (595 and its like come without a body, as from a proxy).
 */
export type RequestFault =
  | ({ readonly kind: 'hang' | 'reset' | 'lost-answer' | 'cut' | 'garbage' } & Matched)
  | ({ readonly kind: 'slow'; readonly delay: Milliseconds } & Matched)
  | ({ readonly kind: 'status'; readonly status: number; readonly reason: string } & Matched);

/** What befalls the cluster; it lasts until it is healed. */
export type ClusterFault =
  | { readonly kind: 'node-down'; readonly node: NodeName }
  | { readonly kind: 'stats-stale'; readonly node: NodeName }
  /** A node takes requests and never answers; who asks it through another gets 596. */
  | { readonly kind: 'node-hangs'; readonly node: NodeName }
  /** A node's clock is ahead of the others', or behind with a negative number. */
  | { readonly kind: 'clock-skew'; readonly node: NodeName; readonly skew: Milliseconds }
  /** The HA manager moves the services of a node away, until it is healed. */
  | { readonly kind: 'maintenance'; readonly node: NodeName }
  /** A guest is locked, as by a backup. */
  | { readonly kind: 'guest-locked'; readonly guest: GuestId; readonly lock: string }
  | { readonly kind: 'quorum-lost' }
  /** An entry point (by its place, 0 the first) breaks every connection. */
  | { readonly kind: 'entry-down'; readonly entry: number }
  | { readonly kind: 'token-revoked'; readonly token: string }
  /** Tickets that were given out are no longer taken. */
  | { readonly kind: 'tickets-expired' }
  /**
   * The next migrations of a guest, or of any, fail: before the memory is sent, or while it is. In another manner they
   * come to no end (`stall`), or end well but for a warning (`warn`).
   */
  | {
      readonly kind: 'migration-fails';
      readonly guest?: GuestId;
      readonly times?: number;
      readonly phase?: 'prepare' | 'copy';
      readonly manner?: 'fail' | 'stall' | 'warn';
      readonly reason?: string;
    };

export type Fault = RequestFault | ClusterFault;

const REQUEST_KINDS = new Set<string>(['hang', 'reset', 'lost-answer', 'cut', 'garbage', 'slow', 'status']);

export function isRequestFault(fault: Fault): fault is RequestFault {
  return REQUEST_KINDS.has(fault.kind);
}

/** Faults that wait for requests, in the order they were set. */
export class RequestFaults {
  #waiting: { readonly fault: RequestFault; left: number }[] = [];

  /** @returns takes the fault back */
  add(fault: RequestFault): () => void {
    const entry = { fault, left: fault.times ?? 1 };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** The fault that strikes a request, used up by it. */
  take(method: string, path: string): RequestFault | undefined {
    const entry = this.#waiting.find(
      ({ fault }) =>
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || path.includes(fault.path)),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
    return entry.fault;
  }
}
