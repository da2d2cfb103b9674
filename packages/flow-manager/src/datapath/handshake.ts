import {
  type FeaturesReply,
  type MultipartAnswer,
  OFP14_VERSION,
  OFPC_FRAG_NORMAL,
  OFPCML_NO_BUFFER,
  type Port,
  type SwitchDesc,
} from '@ballast/openflow';
import type { Connection } from '../channel/connection.ts';
import { ChannelError } from '../channel/errors.ts';

/** What a switch says of itself right after the hellos. */
export interface Introduction {
  readonly features: FeaturesReply;
  readonly description: SwitchDesc;
  readonly ports: readonly Port[];
}

/** Bits of OFPCRR_*: all reasons why a role may have changed. */
const ALL_ROLE_REASONS = 0b111;

/**
 * Asks a switch who it is, what it runs and which ports it has, and lets it send whole packets. All is asked at once:
 * one round trip.
 * @throws {ChannelError | SwitchRefusal}
 */
export async function introduce(connection: Connection): Promise<Introduction> {
  const asked = [
    connection.request({ type: 'features_request' }, 'its features'),
    connection.multipart({ kind: 'desc' }),
    connection.multipart({ kind: 'port_desc' }),
  ] as const;
  connection.send({ type: 'set_config', flags: OFPC_FRAG_NORMAL, missSendLen: OFPCML_NO_BUFFER });
  if (connection.version >= OFP14_VERSION) tellOfRoles(connection);
  const [features, desc, ports] = await Promise.all(asked);
  if (features.type !== 'features_reply') throw unexpected(connection, 'its features', features.type);
  if (desc.kind !== 'desc') throw unexpected(connection, 'its description', desc.kind);
  return { features, description: descriptionOf(desc), ports: portsOf(connection, ports) };
}

/** 1.4 and later tell of a lost role only who asks for it; what is not named here stays as it is. */
function tellOfRoles(connection: Connection): void {
  connection.send({
    type: 'set_async',
    masks: [
      { event: 'role_status', role: 'master', mask: ALL_ROLE_REASONS },
      { event: 'role_status', role: 'slave', mask: ALL_ROLE_REASONS },
    ],
  });
}

function descriptionOf({ manufacturer, hardware, software, serialNumber, datapath }: SwitchDesc): SwitchDesc {
  return { manufacturer, hardware, software, serialNumber, datapath };
}

function portsOf(connection: Connection, answer: MultipartAnswer): readonly Port[] {
  if (answer.kind !== 'port_desc') throw unexpected(connection, 'its ports', answer.kind);
  return answer.entries;
}

function unexpected(connection: Connection, asked: string, got: string): ChannelError {
  return new ChannelError('channel-unexpected', `Expected ${asked} from ${connection.peer}, got ${got}.`);
}
