// A load of packet-ins in a process of its own: SWITCHES WINDOW SECONDS PORT. Prints one line of JSON.
import net from 'node:net';
import { type Body, decode, encode, FrameReader, OFPT_FLOW_MOD, OFPT_PACKET_OUT } from '@ballast/openflow';

const VERSION = 4;
const WARM_UP_MS = 1_000;
const [switches = 1, window = 1, seconds = 3, port = 6653] = process.argv.slice(2).map(Number);
const latencies: number[] = [];
let responses = 0;
let measuring = false;

/** One switch: keeps `window` packet-ins under way, and takes a packet-out or flow-mod for the answer to the oldest. */
class LoadingSwitch {
  readonly #socket: net.Socket;
  readonly #frames = new FrameReader();
  readonly #sentAt: number[] = [];
  readonly #packet: Uint8Array;
  #ready: () => void = () => undefined;

  constructor(id: number) {
    this.#packet = packetIn(id);
    this.#socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk, BigInt(id)));
    this.#send({ type: 'hello', versions: [VERSION], elements: [] }, 1);
  }

  /** Resolves when the controller has asked all that it asks first. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#ready = resolve;
    });
  }

  load(count: number): void {
    const now = performance.now();
    for (let i = 0; i < count; i += 1) this.#sentAt.push(now);
    this.#socket.write(count === 1 ? this.#packet : Buffer.concat(Array(count).fill(this.#packet)));
  }

  #read(chunk: Buffer, id: bigint): void {
    let answered = 0;
    for (const frame of this.#frames.push(chunk)) {
      if (frame[1] === OFPT_PACKET_OUT || frame[1] === OFPT_FLOW_MOD) answered += 1;
      else this.#answer(frame, id);
    }
    if (answered === 0) return;
    const now = performance.now();
    for (const sentAt of this.#sentAt.splice(0, answered)) if (measuring) latencies.push(now - sentAt);
    if (measuring) responses += answered;
    this.load(answered);
  }

  #answer(frame: Uint8Array, id: bigint): void {
    const message = decode(frame);
    if (message.type === 'features_request') {
      const about = { buffers: 256, tables: 254, auxiliaryId: 0, capabilities: 0x4f, reserved: 0 };
      this.#send({ type: 'features_reply', datapathId: id, ...about }, message.xid);
    } else if (message.type === 'echo_request') this.#send({ type: 'echo_reply', data: message.data }, message.xid);
    else if (message.type === 'multipart_request') this.#describe(message.query.kind, message.xid);
  }

  #describe(kind: string, xid: number): void {
    const text = { manufacturer: 'load', hardware: '', software: '', serialNumber: '', datapath: '' };
    if (kind === 'desc') this.#send({ type: 'multipart_reply', flags: 0, answer: { kind, ...text } }, xid);
    if (kind !== 'port_desc') return;
    this.#send({ type: 'multipart_reply', flags: 0, answer: { kind, entries: [] } }, xid);
    this.#ready();
  }

  #send(body: Body, xid: number): void {
    this.#socket.write(encode(body, VERSION, xid));
  }
}

const all = Array.from({ length: switches }, (_, index) => new LoadingSwitch(index + 1));
await Promise.all(all.map((one) => one.ready()));
await new Promise((resolve) => setTimeout(resolve, 200));
for (const one of all) one.load(window);
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
measuring = true;
const start = performance.now();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const elapsed = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number): number => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000);
process.stdout.write(
  `${JSON.stringify({ responses_per_s: Math.round(responses / elapsed), lat_us: { p50: at(0.5), p99: at(0.99) } })}\n`,
);
process.exit(0);

/** A TCP SYN for 10.9.0.100:80: Ethernet, IPv4, TCP with options, 74 bytes. */
function packetIn(id: number): Uint8Array {
  const data = new Uint8Array(74);
  data.set([2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, id, 0x08, 0x00]);
  data.set([0x45, 0, 0, 60, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, id, 10, 9, 0, 100], 14);
  data.set([0x04, id, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0xa0, 0x02, 0xff, 0xff], 34);
  const base = { type: 'packet_in', bufferId: 7, totalLen: data.length, reason: 0, tableId: 0, cookie: 0n } as const;
  return encode({ ...base, match: [{ field: 'in_port', value: 1 }], data }, VERSION, 0);
}
