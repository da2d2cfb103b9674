import { type Action, type Instruction, OFPP_CONTROLLER, OFPP_IN_PORT, OFPP_NORMAL } from '@ballast/openflow';
import { TABLE } from '../services/identity.ts';
import { renderAction } from '../services/render.ts';
import type { Names } from './names.ts';

/** What a row does with a packet: `bound to 10.9.0.11 port 8080, then to table placement`. */
export function deedsOf(instructions: readonly Instruction[], names: Names): string {
  const deeds = instructions.flatMap((one): readonly (string | undefined)[] => {
    if (one.type === 'goto_table') return [`then ${nameOfTable(one.table)}`];
    return 'actions' in one ? one.actions.map((action) => deedOf(action, names)) : [one.type];
  });
  // An answer says the same of each of its fields.
  const told = new Set(deeds.filter((deed) => deed !== undefined));
  return told.size === 0 ? 'dropped' : [...told].join(', ');
}

const PORTS: ReadonlyMap<number, string> = new Map([
  [OFPP_NORMAL, 'on as a plain switch would'],
  [OFPP_IN_PORT, 'back where it came from'],
  [OFPP_CONTROLLER, 'to the flow manager'],
]);

/** Nothing for what only serves what is told. */
function deedOf(action: Action, names: Names): string | undefined {
  // Rows of Ballast have these alone; of the many others their own words are enough.
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (action.type) {
    case 'output':
      return PORTS.get(action.port) ?? `out of port ${action.port}`;
    case 'group': {
      const service = names.serviceOfGroup(action.groupId);
      return service === undefined ? renderAction(action) : `a member of ${service} by its share`;
    }
    case 'resubmit':
      return `through ${nameOfTable(action.table ?? 0)}`;
    case 'ct':
      return [...action.actions.map(bindingOf), `then ${nameOfTable(action.table ?? 0)}`].join(', ');
    case 'learn':
      return `remembered in ${nameOfTable(action.table)} until idle for ${action.idleTimeout} s`;
    case 'set_field':
      if (action.field === 'eth_dst') return `for ${String(action.value)}`;
      return action.field === 'eth_src' ? `as from ${String(action.value)}` : undefined;
    // What was asked is turned round.
    case 'copy_field':
      return 'answered';
    default:
      return renderAction(action);
  }
}

function bindingOf(action: Action): string {
  if (action.type !== 'nat' || action.flags === 0) return 'as its connection is bound';
  return `bound to ${action.ipv4Min ?? action.ipv6Min ?? ''} port ${action.protoMin ?? 'same'}`;
}

function nameOfTable(number: number): string {
  const name = Object.entries(TABLE).find(([, known]) => known === number)?.[0];
  return `table ${name ?? number}`;
}
