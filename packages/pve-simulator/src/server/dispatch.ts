import type { NodeName } from '@ballast/core';
import { type Identity, requireAny } from '../api/identity.ts';
import { type ParamSpecs, type RawParams, readParams } from '../api/params.ts';
import { badParameters, Refusal } from '../api/refusal.ts';
import type { Call } from '../api/route.ts';
import type { Match } from '../api/router.ts';
import { nodeOf, type World } from '../world/world.ts';
import { failure, type Reply, success } from './respond.ts';

/** Parameters that stand in paths. */
const IN_PATHS: ParamSpecs = {
  node: { type: 'string', format: 'node' },
  vmid: { type: 'integer', format: 'vmid' },
  upid: { type: 'string' },
  sid: { type: 'string' },
  poolid: { type: 'string' },
};

/** What a route is called with. */
export interface Setting {
  readonly entry: NodeName;
  readonly identity: Identity;
  readonly fingerprint: string;
  readonly world: () => World;
  readonly update: (change: (world: World) => World) => void;
}

/** Carries a request out, in Proxmox VE's order: permission, then proxying, then parameters, then the method itself. */
export function dispatch(match: Match, raw: RawParams, setting: Setting): Reply {
  try {
    const { route } = match;
    const values = { ...match.values };
    if (values['node'] === 'localhost') values['node'] = setting.entry;
    if (route.permission !== undefined) {
      requireAny(setting.identity, filled(route.permission.path, values), route.permission.any);
    }
    if (route.proxied) {
      const unreachable = proxyFailure(setting.world(), values['node'] ?? '');
      if (unreachable !== undefined) return unreachable;
    }
    const answer = route.handle(callOf(match, values, raw, setting));
    return success(answer.data, answer.total);
  } catch (error) {
    if (error instanceof Refusal) return failure(error.status, error.message, error.errors);
    throw error;
  }
}

function callOf(match: Match, values: Readonly<Record<string, string>>, raw: RawParams, setting: Setting): Call {
  const inPath = Object.keys(values).map((name) => [name, IN_PATHS[name] ?? { type: 'string' as const }] as const);
  const conflicts = Object.keys(values).filter((name) => raw[name] !== undefined && raw[name] !== values[name]);
  if (conflicts.length > 0) {
    const text = 'duplicate parameter (already defined in URI) with conflicting values!';
    throw badParameters(Object.fromEntries(conflicts.map((name) => [name, text])));
  }
  const params = readParams({ ...raw, ...values }, { ...match.route.params, ...Object.fromEntries(inPath) });
  return {
    get world() {
      return setting.world();
    },
    entry: setting.entry,
    identity: setting.identity,
    fingerprint: setting.fingerprint,
    params,
    apply: setting.update,
  };
}

/** The node of the path answers through the one that was asked: 500 when its name is unknown, 595 when it is off. */
function proxyFailure(world: World, name: string): Reply | undefined {
  const node = nodeOf(world, name);
  if (node === undefined) {
    const reason = `failed to get address info for: ${name}: Name or service not known`;
    return failure(500, `hostname lookup '${name}' failed - ${reason}`);
  }
  return node.online ? undefined : { status: 595, reason: 'No route to host' };
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
