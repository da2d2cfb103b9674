import { type Body, type Message, OFPT_PACKET_OUT } from '@ballast/openflow';
import { COOKIE_MARK, COOKIE_MASK } from '../desired.ts';

/** Messages that leave the rows of a switch as they are, whatever they say. */
const HARMLESS: ReadonlySet<Body['type']> = new Set([
  'packet_out',
  'barrier_request',
  'echo_request',
  'echo_reply',
  'features_request',
  'multipart_request',
  'get_config_request',
  'get_async_request',
]);

/** Whether a switch may have other rows after such a message. */
export function mayChangeRows(type: Body['type']): boolean {
  return !HARMLESS.has(type);
}

/**
 * Whether a message that nobody asked for says that the switch may have other rows than it was known to have: one of
 * Ballast's own flows is gone, or something was refused that was no packet.
 */
export function castsDoubt(message: Message): boolean {
  if (message.type === 'flow_removed') return (message.cookie & COOKIE_MASK) === COOKIE_MARK;
  if (message.type !== 'error' && message.type !== 'experimenter_error') return false;
  // An error begins with the message that it is about: its type is the second byte.
  return message.data[1] !== OFPT_PACKET_OUT;
}
