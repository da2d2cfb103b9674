import { type Action, type Instruction, OFPP_CONTROLLER } from '@ballast/openflow';
import { fieldKey, refKey } from './canonical-fields.ts';

/** The order in which Open vSwitch tells instructions, whatever order they came in. */
const ORDER: readonly Instruction['type'][] = [
  'meter',
  'apply_actions',
  'clear_actions',
  'write_actions',
  'write_metadata',
  'goto_table',
  'experimenter',
  'unknown',
];

/** One text for all ways to write the same instructions. */
export function instructionsKey(instructions: readonly Instruction[]): string {
  return instructions
    .filter((instruction) => !('actions' in instruction) || instruction.actions.length > 0)
    .toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))
    .map((instruction) => {
      return 'actions' in instruction ? `${instruction.type}(${actionsKey(instruction.actions)})` : textOf(instruction);
    })
    .join(';');
}

/** One text for all ways to write the same actions; their order counts. */
export function actionsKey(actions: readonly Action[]): string {
  return actions.map(actionKey).join(';');
}

function actionKey(action: Action): string {
  if (action.type === 'output') {
    // How much of the packet is meant for the controller alone; for other ports a switch may tell any number.
    return `output(${action.port}${action.port === OFPP_CONTROLLER ? `,${action.maxLen}` : ''})`;
  }
  if (action.type === 'set_field' || action.type === 'reg_load2') return `set_field(${fieldKey(action)})`;
  if (action.type === 'resubmit') return `resubmit(${action.port},${action.table},${action.ct ?? false})`;
  if (action.type === 'copy_field' || action.type === 'move') {
    const { bits, source, sourceOffset, destination, destinationOffset } = action;
    return `copy(${bits},${refKey(source)}+${sourceOffset},${refKey(destination)}+${destinationOffset})`;
  }
  if (action.type === 'nat') return natKey(action);
  if (action.type === 'ct' || action.type === 'clone') {
    const { actions, ...rest } = action;
    return `${textOf(rest)}(${actionsKey(actions)})`;
  }
  return textOf(action);
}

/** A range from one value to the same is told as that value alone. */
function natKey(nat: Action & { readonly type: 'nat' }): string {
  const { ipv4Min, ipv4Max, ipv6Min, ipv6Max, protoMin, protoMax, ...rest } = nat;
  const range = (min: unknown, max: unknown): string => (max === min ? `${min}` : `${min}-${max}`);
  const ranges = [range(ipv4Min, ipv4Max ?? ipv4Min), range(ipv6Min, ipv6Max ?? ipv6Min)];
  return textOf({ ...rest, ranges, protos: range(protoMin, protoMax ?? protoMin) });
}

/** Any value as text: keys in order, what is undefined left out, names of fields as the newer encoding has them. */
export function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `h'${Buffer.from(value).toString('hex')}'`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const entries = Object.entries(value)
    .filter(([, given]) => given !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, given]) => `${key}:${key === 'field' && typeof given === 'string' ? refKey(given as never) : textOf(given)}`).join(',')}}`;
}
