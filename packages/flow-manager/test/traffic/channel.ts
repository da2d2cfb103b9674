import { connect, type Socket } from 'node:net';
import {
  type Body,
  decode,
  encode,
  FrameReader,
  flowMod,
  groupMod,
  type Message,
  OFP15_VERSION,
  OFPBCT_COMMIT_REQUEST,
  OFPBCT_OPEN_REQUEST,
  OFPBF_ATOMIC,
  OFPBF_ORDERED,
  OFPC_FRAG_NORMAL,
  OFPCML_NO_BUFFER,
  OFPFC_ADD,
  OFPFC_DELETE_STRICT,
  OFPGC_ADD_OR_MOD,
  OFPGC_DELETE,
  type PacketIn,
} from '@ballast/openflow';
import { until } from '@ballast/ovs-lab';
import type { DesiredFlow, DesiredState } from '../../src/index.ts';

/** A channel to a switch that brings it to a state by an atomic bundle, and knows what it has. */
export class Channel {
  readonly messages: Message[] = [];
  onPacketIn: (packet: PacketIn) => void = () => {};
  private readonly socket: Socket;
  private present: DesiredState = { flows: [], groups: [] };
  private xid = 0;
  private bundle = 0;

  constructor(socketPath: string) {
    this.socket = connect(socketPath);
    const frames = new FrameReader();
    this.socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) this.take(decode(frame));
    });
  }

  async open(): Promise<void> {
    this.send({ type: 'hello', versions: [OFP15_VERSION], elements: [] });
    await until(() => this.messages.some(({ type }) => type === 'hello'), 'a hello');
    this.send({ type: 'set_config', flags: OFPC_FRAG_NORMAL, missSendLen: OFPCML_NO_BUFFER });
    await this.barrier();
  }

  /** Sends what differs from the state before, in one atomic bundle. Fails on any error of the switch. */
  async apply(state: DesiredState): Promise<void> {
    const changes = changesTo(state, this.present);
    const bundle = { bundleId: ++this.bundle, flags: OFPBF_ATOMIC | OFPBF_ORDERED, properties: [] };
    this.messages.length = 0;
    this.send({ type: 'bundle_control', control: OFPBCT_OPEN_REQUEST, ...bundle });
    for (const message of changes) this.send({ type: 'bundle_add', message, ...bundle });
    this.send({ type: 'bundle_control', control: OFPBCT_COMMIT_REQUEST, ...bundle });
    await this.barrier();
    const refused = this.messages.filter(({ type }) => type === 'error' || type === 'experimenter_error');
    if (refused.length > 0)
      throw new Error(`Expected the switch to take the state, got ${JSON.stringify(refused, bytes)}`);
    this.present = state;
  }

  async barrier(): Promise<void> {
    const xid = this.send({ type: 'barrier_request' });
    await until(
      () => this.messages.some((message) => message.xid === xid && message.type === 'barrier_reply'),
      'a barrier',
    );
  }

  send(body: Body): number {
    this.socket.write(encode(body, OFP15_VERSION, ++this.xid));
    return this.xid;
  }

  close(): void {
    this.socket.destroy();
  }

  private take(message: Message): void {
    if (message.type === 'echo_request') this.send({ type: 'echo_reply', data: message.data });
    else if (message.type === 'packet_in') this.onPacketIn(message);
    else this.messages.push(message);
  }
}

function changesTo(state: DesiredState, present: DesiredState): readonly Body[] {
  const had = new Set(present.flows.map(content));
  const hadGroups = new Set(present.groups.map((group) => JSON.stringify(group, bytes)));
  const wanted = new Set(state.flows.map(place));
  const groups = new Set(state.groups.map(({ groupId }) => groupId));
  return [
    ...state.groups
      .filter((group) => !hadGroups.has(JSON.stringify(group, bytes)))
      .map((group) => groupMod({ ...group, command: OFPGC_ADD_OR_MOD })),
    ...present.flows.filter((flow) => !wanted.has(place(flow))).map((flow) => mod(flow, OFPFC_DELETE_STRICT)),
    ...state.flows.filter((flow) => !had.has(content(flow))).map((flow) => mod(flow, OFPFC_ADD)),
    ...present.groups
      .filter(({ groupId }) => !groups.has(groupId))
      .map(({ groupId }) => groupMod({ groupId, command: OFPGC_DELETE })),
  ];
}

function mod({ table, ...flow }: DesiredFlow, command: number): Body {
  return flowMod({ ...flow, tableId: table, command });
}

const place = (flow: DesiredFlow): string => JSON.stringify([flow.table, flow.priority, flow.match], bytes);
const content = (flow: DesiredFlow): string => JSON.stringify(flow, bytes);

function bytes(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? [...value] : value;
}
