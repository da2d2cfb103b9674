import { once } from 'node:events';
import net from 'node:net';
import { type Body, decode, encode, FrameReader, type Message, type Port } from '@ballast/openflow';
import { until } from './ovs.ts';

export interface FakeOptions {
  readonly id?: bigint;
  readonly version?: number;
  /** Comes before the usual answers; an answer of its own, even an empty one, replaces them. */
  readonly script?: (message: Message) => readonly Body[] | undefined;
  /** Says nothing by itself, not even hello. */
  readonly mute?: boolean;
}

const PORT: Port = { portNo: 1, hwAddr: '02:00:00:00:00:01', name: 'p1', config: 0, state: 0 };

/** The other side of a socket: speaks OpenFlow by a script, well or badly. */
export class FakeSwitch {
  readonly socket: net.Socket;
  readonly received: Message[] = [];
  readonly #options: FakeOptions;
  closed = false;

  private constructor(socket: net.Socket, options: FakeOptions) {
    this.socket = socket;
    this.#options = options;
    const frames = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.#take(decode(frame.slice()));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number, options: FakeOptions = {}): Promise<FakeSwitch> {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    const fake = new FakeSwitch(socket, options);
    await once(socket, 'connect');
    if (options.mute !== true) fake.send({ type: 'hello', versions: [options.version ?? 6], elements: [] });
    return fake;
  }

  send(body: Body, xid = 0): void {
    this.socket.write(this.bytes(body, xid));
  }

  bytes(body: Body, xid = 0): Uint8Array {
    return encode(body, this.#options.version ?? 6, xid);
  }

  /** The first message of a type that came, or comes. */
  async got<T extends Message['type']>(type: T): Promise<Message & { readonly type: T }> {
    let found: Message | undefined;
    await until(() => {
      found = this.received.find((message) => message.type === type);
      return found !== undefined;
    }, `a ${type} at the switch`);
    return found as Message & { readonly type: T };
  }

  async untilClosed(): Promise<void> {
    await until(() => this.closed, 'the controller to close');
  }

  end(): void {
    this.socket.destroy();
  }

  #take(message: Message): void {
    this.received.push(message);
    const answers = this.#options.script?.(message) ?? this.#usual(message);
    for (const answer of answers) this.send(answer, message.xid);
  }

  #usual(message: Message): readonly Body[] {
    if (message.type === 'multipart_request') return this.#state(message.query.kind);
    if (message.type === 'echo_request') return [{ type: 'echo_reply', data: message.data }];
    if (message.type === 'barrier_request') return [{ type: 'barrier_reply' }];
    if (message.type === 'role_request') return [{ ...message, type: 'role_reply' }];
    if (message.type === 'bundle_control') return [{ ...message, control: message.control + 1 }];
    if (message.type !== 'features_request') return [];
    const about = { auxiliaryId: 0, capabilities: 0x4f, reserved: 0, buffers: 0, tables: 254 };
    return [{ type: 'features_reply', datapathId: this.#options.id ?? 1n, ...about }];
  }

  #state(kind: string): readonly Body[] {
    const text = { manufacturer: 'Fake', hardware: 'none', software: '1', serialNumber: '1', datapath: 'fake' };
    if (kind === 'desc') return [{ type: 'multipart_reply', flags: 0, answer: { kind: 'desc', ...text } }];
    if (kind === 'port_desc') {
      return [{ type: 'multipart_reply', flags: 0, answer: { kind: 'port_desc', entries: [PORT] } }];
    }
    if (kind === 'flow' || kind === 'group_desc') {
      return [{ type: 'multipart_reply', flags: 0, answer: { kind, entries: [] } }];
    }
    return [];
  }
}
