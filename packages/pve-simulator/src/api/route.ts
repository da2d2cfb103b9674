import type { NodeName } from '@ballast/core';
import type { World } from '../world/world.ts';
import type { Identity, Privilege } from './identity.ts';
import type { ParamSpecs, Params } from './params.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a handler works with. */
export interface Call {
  readonly world: World;
  /** The node that was asked. */
  readonly entry: NodeName;
  readonly identity: Identity;
  readonly params: Params;
  /** SHA-256 of the certificate, as node lists show it. */
  readonly fingerprint: string;
  /** Changes the world; later reads of {@link Call.world} see the change. */
  apply(change: (world: World) => World): void;
}

/** Data of an answer, and the size of the whole list where it is one page of it. */
export interface Answer {
  readonly data: unknown;
  readonly total?: number;
}

/** One method of the API. */
export interface Route {
  readonly method: Method;
  /** Such as `/nodes/{node}/status`. */
  readonly path: string;
  /** One of these rights on this path; anyone who is known when absent. */
  readonly permission?: { readonly path: string; readonly any: readonly Privilege[] };
  /** Answered by the node of the path, through the one that was asked. */
  readonly proxied?: boolean;
  /** Beside those of the path. */
  readonly params?: ParamSpecs;
  /** @throws {Refusal} */
  readonly handle: (call: Call) => Answer;
}
