import { type Action, type Instruction, type MatchField, OFPP_CONTROLLER } from '@ballast/openflow';
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
  switch (action.type) {
    case 'output':
      // How much of the packet is meant for the controller alone; for other ports a switch may tell any number.
      return `output(${action.port}${action.port === OFPP_CONTROLLER ? `,${action.maxLen}` : ''})`;
    case 'set_field':
    case 'reg_load2': {
      const { type, ...field } = action;
      return `set_field(${fieldKey(field as MatchField)})`;
    }
    case 'copy_field':
    case 'move': {
      const { bits, source, sourceOffset, destination, destinationOffset } = action;
      return `copy(${bits},${refKey(source)}+${sourceOffset},${refKey(destination)}+${destinationOffset})`;
    }
    case 'nat': {
      const { ipv4Min, ipv4Max, ipv6Min, ipv6Max, protoMin, protoMax, ...rest } = action;
      const range = (min: unknown, max: unknown): string => (max === min ? `${min}` : `${min}-${max}`);
      const ranges = [range(ipv4Min, ipv4Max ?? ipv4Min), range(ipv6Min, ipv6Max ?? ipv6Min)];
      return textOf({ ...rest, ranges, protos: range(protoMin, protoMax ?? protoMin) });
    }
    case 'ct':
    case 'clone': {
      const { actions, ...rest } = action;
      return `${textOf(rest)}(${actionsKey(actions)})`;
    }
    default:
      return textOf(action);
  }
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
