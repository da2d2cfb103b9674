// The bound of a push: a program that has all bytes ready, and does nothing but write them to every switch and wait for
// what confirms them, as a push does: a barrier after what was added, and the reply to the commit.
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DesiredState } from '@ballast/flow-manager';
import { type Body, encode, FrameReader, groupMod, OFPGC_ADD, OFPGC_MODIFY } from '@ballast/openflow';

const VERSION = 6;
const ECHO_REQUEST = 2;
const ECHO_REPLY = 3;
const BARRIER_REPLY = 21;
const BUNDLE_CONTROL = 33;
const FLAGS = 3;
const [OPEN, OPENED, COMMIT] = [0, 1, 4];

/** A bundle as a push sends it: up to its barrier, and the rest. */
export interface Written {
  readonly adding: Uint8Array;
  readonly committing: Uint8Array;
}

export function bundleOf({ groups }: DesiredState, bundleId: number, add: boolean): Written {
  let xid = bundleId * 1_000;
  const next = (body: Body): Uint8Array => {
    xid += 1;
    return encode(body, VERSION, xid);
  };
  const control = (step: number): Uint8Array =>
    next({ type: 'bundle_control', bundleId, control: step, flags: FLAGS, properties: [] });
  const adding = [
    control(OPEN),
    ...groups.map((group) => {
      const message = groupMod({ ...group, command: add ? OFPGC_ADD : OFPGC_MODIFY });
      return next({ type: 'bundle_add', bundleId, flags: FLAGS, message, properties: [] });
    }),
    next({ type: 'barrier_request' }),
  ];
  return { adding: Buffer.concat(adding), committing: control(COMMIT) };
}

export class BareWriter {
  readonly #server: net.Server;
  readonly #peers: Peer[] = [];

  private constructor(server: net.Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#peers.push(new Peer(socket)));
  }

  static async start(): Promise<BareWriter> {
    const server = net.createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BareWriter(server);
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Resolves when the last of so many switches has confirmed; waits for them to connect. */
  async write(bundle: Written, switches: number): Promise<void> {
    while (this.#peers.length < switches) await pause(1);
    await Promise.all(this.#peers.map((peer) => peer.write(bundle)));
  }

  stop(): void {
    for (const peer of this.#peers) peer.end();
    this.#server.close();
  }
}

class Peer {
  readonly #socket: net.Socket;
  readonly #frames = new FrameReader();
  #heard: (frame: Uint8Array) => void = () => undefined;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (const frame of this.#frames.push(chunk)) this.#heard(frame);
    });
    socket.on('error', () => undefined);
  }

  write({ adding, committing }: Written): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#heard = (frame) => {
        if (frame[1] === ECHO_REQUEST) this.#answer(frame);
        else if (frame[1] === BARRIER_REPLY) this.#socket.write(committing);
        else if (frame[1] !== BUNDLE_CONTROL) reject(new Error(`Expected a confirmation, got type ${frame[1]}.`));
        else if (frame[13] !== OPENED) resolve();
      };
      this.#socket.write(adding);
    });
  }

  /** A switch that has waited long asks whether anybody is there. */
  #answer(frame: Uint8Array): void {
    const reply = frame.slice();
    reply[1] = ECHO_REPLY;
    this.#socket.write(reply);
  }

  end(): void {
    this.#socket.destroy();
  }
}
