import { type Body, decode, type Message, negotiate, OFP15_VERSION, VERSIONS, type Version } from '@ballast/openflow';
import { ChannelError, garbage, notOpenFlow } from './errors.ts';

/** Ours: the highest version in the header, all of them in the bitmap. */
export const HELLO: Body = { type: 'hello', versions: VERSIONS, elements: [] };
/** The header's version of a hello: the highest that is spoken. */
export const HELLO_VERSION: number = OFP15_VERSION;

/** What a peer is told with whom no version is in common: OFPET_HELLO_FAILED, OFPHFC_INCOMPATIBLE. */
export const HELLO_FAILED: Body = {
  type: 'error',
  errorType: 0,
  code: 0,
  data: new TextEncoder().encode('Ballast speaks OpenFlow 1.3, 1.4 and 1.5.'),
};

const OFPT_HELLO = 0;
/** A hello is a header and a bitmap; a first message past this is none. */
const LONGEST_HELLO = 1024;

/** Refuses a stream whose first bytes begin no hello, before more of it is gathered. Throws ChannelError. */
export function checkFirstBytes(peer: string, chunk: Uint8Array): void {
  const [version = 0, type, high, low = 0] = chunk;
  const long = high !== undefined && ((high << 8) | low) > LONGEST_HELLO;
  if (version > 0x1f || (type !== undefined && type !== OFPT_HELLO) || long) throw notOpenFlow(peer, chunk);
}

/** The version to speak from here on. Throws ChannelError. */
export function agree(peer: string, frame: Uint8Array): Version {
  let message: Message;
  try {
    message = decode(frame);
  } catch (error) {
    throw garbage(peer, error as Error);
  }
  if (message.type !== 'hello') throw notOpenFlow(peer, frame);
  const version = negotiate(VERSIONS, message);
  if (version === undefined) throw incompatible(peer, message.version, message.versions);
  return version;
}

function incompatible(peer: string, version: number, versions: readonly number[] | undefined): ChannelError {
  const offered = (versions ?? [version]).map((wire) => `1.${wire - 1}`).join(', ');
  return new ChannelError(
    'channel-version',
    `Expected OpenFlow 1.3, 1.4 or 1.5 from the switch at ${peer}, got ${offered}.`,
    { hint: 'Let the bridge speak it: `ovs-vsctl set bridge BRIDGE protocols=OpenFlow13,OpenFlow14,OpenFlow15`.' },
  );
}
