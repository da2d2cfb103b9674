import type { Milliseconds, NodeName } from '@ballast/core';
import type { Accounts } from '../api/accounts.ts';
import { requirePermission } from '../api/identity.ts';
import { type RawParams, readParams } from '../api/params.ts';
import { badParameters, Refusal } from '../api/refusal.ts';
import type { Call } from '../api/route.ts';
import type { Match } from '../api/router.ts';
import type { Identity } from '../api/who.ts';
import { answerProblems } from '../schema/answer.ts';
import type { Description } from '../schema/endpoint.ts';
import { nodeOf, type World } from '../world/world.ts';
import { failure, type Reply, success } from './respond.ts';

/** What a route is called with. */
export interface Setting {
  readonly entry: NodeName;
  readonly identity: Identity;
  readonly byToken: boolean;
  readonly accounts: Accounts;
  readonly fingerprint: string;
  /** Nodes that take requests and never answer. */
  readonly hanging: ReadonlySet<NodeName>;
  readonly proxyTimeout: Milliseconds;
  /** Answers that are not as their description says become failures. */
  readonly strict: boolean;
  readonly world: () => World;
  readonly update: (change: (world: World) => World) => void;
}

/** Carries a request out, in Proxmox VE's order: permission, then proxying, then parameters, then the method itself. */
export function dispatch(match: Match, description: Description, raw: RawParams, setting: Setting): Reply {
  try {
    const { route } = match;
    const values = { ...match.values };
    if (values['node'] === 'localhost') values['node'] = setting.entry;
    const given: RawParams = { ...raw, ...values };
    requirePermission(setting.identity, description.permission, (path) => filled(path, given));
    if (description.proxied) {
      const unreachable = proxyFailure(setting, values['node'] ?? '');
      if (unreachable !== undefined) return unreachable;
    }
    const answer = route.handle(callOf(description, values, raw, setting));
    const problems = setting.strict ? answerProblems(description.returns, answer.data) : [];
    if (problems.length > 0) return failure(500, `bad answer to ${description.name}: ${problems.join('; ')}`);
    return success(answer.data, answer.total);
  } catch (error) {
    if (error instanceof Refusal) return failure(error.status, error.message, error.errors);
    throw error;
  }
}

function callOf(
  description: Description,
  values: Readonly<Record<string, string>>,
  raw: RawParams,
  setting: Setting,
): Call {
  const conflicts = Object.keys(values).filter((name) => raw[name] !== undefined && raw[name] !== values[name]);
  if (conflicts.length > 0) {
    const text = 'duplicate parameter (already defined in URI) with conflicting values!';
    throw badParameters(Object.fromEntries(conflicts.map((name) => [name, text])));
  }
  const params = readParams({ ...raw, ...values }, description.params);
  return {
    get world() {
      return setting.world();
    },
    entry: setting.entry,
    identity: setting.identity,
    byToken: setting.byToken,
    accounts: setting.accounts,
    fingerprint: setting.fingerprint,
    params,
    apply: setting.update,
  };
}

/**
 * The node of the path answers through the one that was asked: 500 when its name is unknown, 595 when it is off, 596
 * when it hangs, after the time that the one that was asked waits for it.
 */
function proxyFailure(setting: Setting, name: string): Reply | undefined {
  const node = nodeOf(setting.world(), name);
  if (node === undefined) {
    const reason = `failed to get address info for: ${name}: Name or service not known`;
    return failure(500, `hostname lookup '${name}' failed - ${reason}`);
  }
  if (!node.online) return { status: 595, reason: 'No route to host' };
  if (!setting.hanging.has(name)) return undefined;
  return { status: 596, reason: 'Connection timed out', delay: setting.proxyTimeout };
}

function filled(path: string, values: RawParams): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => textOf(values[name]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
