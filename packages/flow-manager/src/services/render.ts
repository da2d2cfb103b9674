import {
  type Action,
  type GroupContent,
  type Instruction,
  type MatchField,
  OFPP_CONTROLLER,
  OFPP_IN_PORT,
  OFPP_NORMAL,
} from '@ballast/openflow';
import type { DesiredFlow, DesiredState } from '../desired.ts';
import { isOfService, purposeOf, TABLE } from './identity.ts';

/** A state as lines for a person: rows by table and priority, then groups; `services` are the names to know them by. */
export function renderState(state: DesiredState, services: readonly string[]): string {
  const rows = state.flows
    .toSorted((a, b) => a.table - b.table || b.priority - a.priority)
    .map((flow) => renderFlow(flow, services));
  return `${[...rows, ...state.groups.map(renderGroup)].join('\n')}\n`;
}

/** One row: table, priority, what it is for, what it matches, what it does. */
export function renderFlow(flow: DesiredFlow, services: readonly string[]): string {
  const table = Object.entries(TABLE).find(([, number]) => number === flow.table)?.[0] ?? 'other';
  const service = services.find((name) => isOfService(flow.cookie, name));
  const purpose = [purposeOf(flow.cookie) ?? 'foreign', service].filter((word) => word !== undefined).join(' ');
  const fields = flow.match.map(renderField).join(' ');
  return `${flow.table} ${table} ${flow.priority} [${purpose}] ${fields || 'any'} -> ${renderInstructions(flow.instructions)}`;
}

/** One group: how it chooses, and how many buckets have which actions. */
export function renderGroup(group: GroupContent): string {
  const buckets = new Map<string, number>();
  for (const bucket of group.buckets) {
    const actions = bucket.actions.map(renderAction).join(', ');
    buckets.set(actions, (buckets.get(actions) ?? 0) + 1);
  }
  const method = [group.selection?.method ?? 'default', ...(group.selection?.fields ?? []).map(({ field }) => field)];
  const lines = [...buckets]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([actions, count]) => `  ${count} x ${actions || 'drop'}`);
  return [
    `group 0x${group.groupId.toString(16)} by ${method.join(' of ')}, ${group.buckets.length} buckets`,
    ...lines,
  ].join('\n');
}

function renderInstructions(instructions: readonly Instruction[]): string {
  const parts = instructions.flatMap((one): readonly string[] => {
    if (one.type === 'goto_table') return [`goto ${one.table}`];
    return 'actions' in one ? one.actions.map(renderAction) : [one.type];
  });
  return parts.length === 0 ? 'drop' : parts.join(', ');
}

const PORTS: ReadonlyMap<number, string> = new Map([
  [OFPP_NORMAL, 'normal'],
  [OFPP_IN_PORT, 'in_port'],
  [OFPP_CONTROLLER, 'controller'],
]);

/** One action; of those that Ballast does not use, the name. */
export function renderAction(action: Action): string {
  // Compiled states have these alone; of the many others the name is enough.
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (action.type) {
    case 'output':
      return `output ${PORTS.get(action.port) ?? action.port}`;
    case 'set_field':
      return `set ${renderField(action)}`;
    case 'copy_field':
      return `copy ${text(action.source)} to ${text(action.destination)}`;
    case 'resubmit':
      return `look up ${action.table ?? 'again'}`;
    case 'group':
      return `group 0x${action.groupId.toString(16)}`;
    case 'ct':
      return `${action.flags === 0 ? 'track' : 'commit'} (${action.actions.map(renderAction).join(', ')}), on to ${action.table ?? 'none'}`;
    case 'nat':
      return action.flags === 0
        ? 'nat'
        : `nat to ${action.ipv4Min ?? action.ipv6Min ?? ''} port ${action.protoMin ?? 'same'}`;
    case 'learn':
      return `learn into ${action.table} for ${action.idleTimeout} s (${action.specs.map(renderSpec).join(', ')})`;
    default:
      return action.type;
  }
}

function renderSpec({ source, destination }: Extract<Action, { type: 'learn' }>['specs'][number]): string {
  const to = destination.kind === 'output' ? 'output' : text(destination.field);
  const from = 'value' in source ? `0x${source.value.toString(16)}` : text(source.field);
  if (destination.kind === 'load') return `set ${to}=${from}`;
  return to === from ? to : `${to}=${from}`;
}

export function renderField(field: MatchField): string {
  if (field.field === 'unknown')
    return `field ${field.class}/${field.number}=0x${Buffer.from(field.payload).toString('hex')}`;
  const value = (of: number | bigint | string): string =>
    field.field === 'ct_state' || field.field === 'eth_type' ? `0x${of.toString(16)}` : String(of);
  return `${field.field}=${value(field.value)}${field.mask === undefined ? '' : `/${value(field.mask)}`}`;
}

function text(field: unknown): string {
  return typeof field === 'string' ? field : JSON.stringify(field);
}
