import type { NodeName } from '@ballast/core';
import type { World } from '../world/world.ts';
import type { Accounts } from './accounts.ts';
import type { Params } from './params.ts';
import type { Identity } from './who.ts';

/** What a handler works with. */
export interface Call {
  readonly world: World;
  /** The node that was asked. */
  readonly entry: NodeName;
  readonly identity: Identity;
  readonly params: Params;
  /** Whether the asker sent an API token. */
  readonly byToken: boolean;
  /** Who is known, and how tickets are made. */
  readonly accounts: Accounts;
  /** SHA-256 of the certificate, as node lists show it. */
  readonly fingerprint: string;
  /** Changes the world; later reads of {@link Call.world} see the change. */
  apply(change: (world: World) => World): void;
}

/** Data of an answer, and what stands beside it. */
export interface Answer {
  readonly data: unknown;
  /** Size of the whole list where the data is one page of it. */
  readonly total?: number;
}

/** Carries out one method of the API. @throws {Refusal} */
export type Handler = (call: Call) => Answer;

/** Handlers by the name of their method, such as `GET /nodes/{node}/status`. */
export type Handlers = Readonly<Record<string, Handler>>;
