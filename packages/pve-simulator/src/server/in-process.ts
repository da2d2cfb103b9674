import type { IncomingHttpHeaders } from 'node:http';
import type { Milliseconds, NodeName } from '@ballast/core';
import type { World } from '../world/world.ts';
import { answerNow } from './answer.ts';
import { AnswerCache } from './answer-cache.ts';
import { LiveWorld } from './live-world.ts';
import { DEFAULT_TOKEN, DEFAULT_USER, type SimulatorOptions } from './options.ts';
import type { Reply } from './respond.ts';
import { SignIn } from './sign-in.ts';

const PREFIX = '/api2/json';
/** Nobody verifies a connection that is none. */
const NO_FINGERPRINT = Array.from({ length: 32 }, () => '00').join(':');

/** A request to an entry point that is made by a call. */
export interface DirectRequest {
  /** The node that is asked. */
  readonly entry: NodeName;
  readonly method: string;
  /** With `/api2/json`, without a query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** With names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/** A simulated cluster without servers, and without a time of its own: it is asked by calling it, and answers at once. */
export interface InProcessSimulator {
  readonly world: World;
  answer(request: DirectRequest): Reply;
  /** Changes the world between two moments. */
  update(change: (world: World) => World): void;
  /** Lets time pass at once. */
  advance(duration: Milliseconds): void;
  /** A token is no longer taken. @returns takes it back */
  revoke(token: string): () => void;
}

/** Makes a simulated cluster that answers calls as its entry points would answer requests. Only the wire is left out. */
export function simulateInProcess(
  options: Pick<SimulatorOptions, 'world' | 'users' | 'tokens' | 'strict'>,
): InProcessSimulator {
  const live = new LiveWorld(options.world, 0);
  const signIn = new SignIn(options.users ?? [DEFAULT_USER], options.tokens ?? [DEFAULT_TOKEN]);
  const records = {
    live,
    signIn,
    answers: new AnswerCache(),
    fingerprint: NO_FINGERPRINT,
    strict: options.strict ?? false,
    hanging: new Set<NodeName>(),
    proxyTimeout: 0,
  };
  return {
    get world() {
      return live.world;
    },
    answer: ({ entry, method, path, params, headers }) => {
      const asks = method === 'GET' && Object.keys(params).length > 0;
      const search = asks ? new URLSearchParams(params).toString() : '';
      return answerNow(records, { entry, method, path: path.slice(PREFIX.length), search, params, headers }).reply;
    },
    update: (change) => void live.update(change),
    advance: (duration) => void live.advance(duration),
    revoke: (token) => signIn.revoke(token),
  };
}
