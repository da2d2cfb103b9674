import type { GuestId, NodeName } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import type { HaRule, NodeAffinityRule, ResourceAffinityRule } from '../world/records.ts';
import { guestOf, type World } from '../world/world.ts';
import { digestOfValue } from './digest.ts';
import { requireQuorum, sidOf } from './migrate.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rules of the HA manager, since Proxmox VE 9. */
export const haRuleHandlers: Handlers = {
  'GET /cluster/ha/rules': list,
  'POST /cluster/ha/rules': create,
  'GET /cluster/ha/rules/{rule}': ({ world, params }) => {
    const rule = ruleOf(world, params.text('rule'));
    return { data: row(world, rule, world.rules.indexOf(rule) + 1) };
  },
  'PUT /cluster/ha/rules/{rule}': update,
  'DELETE /cluster/ha/rules/{rule}': remove,
};

function ruleOf(world: World, name: string): HaRule {
  const found = world.rules.find((rule) => rule.rule === name);
  if (found === undefined) throw died(`no such ha rule '${name}'`);
  return found;
}

function list({ world, params }: Call): Answer {
  const type = params.optional('type');
  const resource = params.optional('resource');
  return {
    data: world.rules
      .filter((rule) => type === undefined || rule.type === type)
      .map((rule, i) => row(world, rule, i + 1))
      .filter((entry) => resource === undefined || String(entry['resources']).split(',').includes(resource)),
  };
}

function row(world: World, rule: HaRule, order: number): Row {
  const errors = errorsOf(world, rule);
  return {
    rule: rule.rule,
    type: rule.type,
    resources: rule.guests.map((id) => sidOf(world, id)).join(','),
    ...(rule.type === 'node-affinity'
      ? { nodes: nodesText(rule.nodes), strict: rule.strict ? 1 : 0 }
      : { affinity: rule.affinity }),
    ...(rule.disabled ? { disable: 1 } : {}),
    ...(rule.comment === undefined ? {} : { comment: rule.comment }),
    ...(Object.keys(errors).length === 0 ? {} : { errors }),
    order,
    digest: digestOfValue(world.rules),
  };
}

/** A rule that cannot be kept says so, and is not followed. */
function errorsOf(world: World, rule: HaRule): Readonly<Record<string, readonly string[]>> {
  if (rule.type !== 'resource-affinity' || rule.disabled) return {};
  if (rule.guests.length < 2) return { resources: ['rule is ineffective as there are less than two resources'] };
  const nodes = world.nodes.length;
  return rule.affinity === 'negative' && rule.guests.length > nodes
    ? { resources: ['rule defines more resources than available nodes'] }
    : {};
}

/** Nodes with their priorities, as the configuration writes them. */
export function nodesText(nodes: Readonly<Record<string, number>>): string {
  return Object.entries(nodes)
    .map(([node, priority]) => (priority > 0 ? `${node}:${priority}` : node))
    .join(',');
}

/** Reads nodes with their priorities. */
export function nodesOf(text: string): Readonly<Record<NodeName, number>> {
  return Object.fromEntries(
    splitList(text).map((part) => {
      const [node = '', priority = '0'] = part.split(':');
      return [node, Number(priority)];
    }),
  );
}

function create(call: Call): Answer {
  requireQuorum(call.world);
  const { params, world } = call;
  const name = params.text('rule');
  if (world.rules.some((rule) => rule.rule === name)) throw died(`HA rule '${name}' already defined`);
  const rule = checked(call, newRule(call, name));
  call.apply((now) => ({ ...now, rules: [...now.rules, rule] }));
  return { data: null };
}

function newRule({ params, world }: Call, rule: string): HaRule {
  const comment = params.optional('comment');
  const base = {
    rule,
    guests: servicesOf(world, params.text('resources')),
    disabled: params.flag('disable'),
    ...(comment === undefined ? {} : { comment }),
  };
  if (params.text('type') === 'node-affinity') {
    if (!params.has('nodes')) throw badParameters({ nodes: "missing required property 'nodes'" });
    return { ...base, type: 'node-affinity', nodes: nodesOf(params.text('nodes')), strict: params.flag('strict') };
  }
  if (!params.has('affinity')) throw badParameters({ affinity: "missing required property 'affinity'" });
  return { ...base, type: 'resource-affinity', affinity: affinityOf(params.text('affinity')) };
}

function affinityOf(text: string): ResourceAffinityRule['affinity'] {
  return text === 'positive' ? 'positive' : 'negative';
}

/** The guests of a list of services. @throws {Refusal} 500 for one that the HA manager does not know */
function servicesOf(world: World, text: string): readonly GuestId[] {
  const sids = splitList(text);
  const ids = sids.map((sid) => Number(sid.split(':')[1]));
  const unknown = sids.filter((_, i) => guestOf(world, ids[i] ?? 0)?.ha === undefined);
  if (unknown.length > 0) throw died(`cannot use unmanaged resource(s) ${unknown.join(', ')}.`);
  return ids;
}

function checked({ world }: Call, rule: HaRule): HaRule {
  const missing = Object.keys(rule.type === 'node-affinity' ? rule.nodes : {}).filter(
    (name) => !world.nodes.some((node) => node.name === name),
  );
  if (missing.length > 0) throw died(`cannot use non-existent node(s) ${missing.join(', ')}.`);
  const errors = Object.values(errorsOf(world, rule)).flat();
  if (errors.length > 0) throw badParameters({ resources: errors.join('; ') });
  return rule;
}

function update(call: Call): Answer {
  requireQuorum(call.world);
  const { params, world } = call;
  const before = ruleOf(world, params.text('rule'));
  if (before.type !== params.text('type')) throw badParameters({ type: `cannot change type of rule '${before.rule}'` });
  const gone = new Set(splitList(params.text('delete')));
  const comment = gone.has('comment') ? undefined : (params.optional('comment') ?? before.comment);
  const { comment: _comment, ...kept } = before;
  const base = {
    ...kept,
    guests: params.has('resources') ? servicesOf(world, params.text('resources')) : before.guests,
    disabled: params.has('disable') ? params.flag('disable') : before.disabled && !gone.has('disable'),
    ...(comment === undefined ? {} : { comment }),
  };
  const rule = checked(call, base.type === 'node-affinity' ? nodeRule(call, base) : resourceRule(call, base));
  call.apply((now) => ({ ...now, rules: now.rules.map((entry) => (entry.rule === rule.rule ? rule : entry)) }));
  return { data: null };
}

function nodeRule({ params }: Call, rule: NodeAffinityRule): HaRule {
  const nodes = params.has('nodes') ? nodesOf(params.text('nodes')) : rule.nodes;
  return { ...rule, nodes, strict: params.has('strict') ? params.flag('strict') : rule.strict };
}

function resourceRule({ params }: Call, rule: ResourceAffinityRule): HaRule {
  return { ...rule, affinity: affinityOf(params.optional('affinity') ?? rule.affinity) };
}

function remove(call: Call): Answer {
  requireQuorum(call.world);
  const { rule } = ruleOf(call.world, call.params.text('rule'));
  call.apply((world) => ({ ...world, rules: world.rules.filter((entry) => entry.rule !== rule) }));
  return { data: null };
}
