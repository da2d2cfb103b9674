import type { IncomingHttpHeaders } from 'node:http';
import type { NodeName } from '@ballast/core';
import { routes } from '../api/index.ts';
import type { RawParams } from '../api/params.ts';
import { Router } from '../api/router.ts';
import type { Identity } from '../api/who.ts';
import { asOf } from '../schema/personality.ts';
import { majorOf } from '../world/world.ts';
import type { AnswerCache } from './answer-cache.ts';
import { dispatch, type Setting } from './dispatch.ts';
import type { LiveWorld } from './live-world.ts';
import { notImplemented, type Reply } from './respond.ts';
import { hasToken, type SignIn } from './sign-in.ts';

const router = new Router(routes);

/** What answers rest on. */
export interface Records extends Pick<Setting, 'fingerprint' | 'strict' | 'hanging' | 'proxyTimeout'> {
  readonly live: LiveWorld;
  readonly signIn: SignIn;
  readonly answers: AnswerCache;
}

/** A request that has arrived whole. */
export interface Arrived {
  readonly entry: NodeName;
  readonly method: string;
  /** Without the prefix `/api2/json`, still encoded. */
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly search: string;
  readonly params: RawParams;
  readonly headers: IncomingHttpHeaders;
}

export interface Answered {
  readonly reply: Reply;
  /** Who asked; absent when nobody was let in, or nobody had to be. */
  readonly identity?: string;
}

/** Signs in who asks, and carries the request out at once. */
export function answerNow(records: Records, arrived: Arrived): Answered {
  const { live, signIn } = records;
  const { entry, method, path, search, params, headers } = arrived;
  const match = router.find(method, path);
  const open = match?.route.description.permission.some(({ kind }) => kind === 'world') ?? false;
  const identity = open ? NOBODY : signIn.identify(method, headers, live.world.now);
  if (typeof identity === 'string') return { reply: { status: 401, reason: identity } };
  const who = open ? {} : { identity: identity.name };
  const description = match === undefined ? undefined : asOf(match.route.description, majorOf(live.world));
  if (match === undefined || description === undefined) return { reply: notImplemented(method, path), ...who };
  const setting: Setting = {
    entry,
    identity: { ...identity, poolOf: poolsOf(live) },
    byToken: hasToken(headers),
    accounts: signIn,
    fingerprint: records.fingerprint,
    hanging: records.hanging,
    proxyTimeout: records.proxyTimeout,
    strict: records.strict,
    world: () => live.world,
    update: (change) => {
      live.update(change);
    },
  };
  const asker = `${identity.name} ${search}`;
  const reply = records.answers.of(live, description.name, asker, () => dispatch(match, description, params, setting));
  return { reply, ...who };
}

/** Looks guests up by their paths; the list of them is gone through once for a request, and only if it comes to that. */
function poolsOf(live: LiveWorld): (path: string) => string | undefined {
  let pools: ReadonlyMap<string, string> | undefined;
  return (path) => {
    if (!path.startsWith('/vms/')) return undefined;
    pools ??= new Map(
      live.world.guests.flatMap(({ id, pool }) => (pool === undefined ? [] : [[`/vms/${id}`, pool] as const])),
    );
    return pools.get(path);
  };
}

/** Who asks for what needs no signing in. */
const NOBODY: Identity = { name: '', grants: [] };
