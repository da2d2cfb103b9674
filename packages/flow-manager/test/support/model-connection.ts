import { once } from 'node:events';
import net from 'node:net';
import { type Body, encode, FrameReader } from '@ballast/openflow';
import type { ModelSwitch } from './model-switch.ts';

const VERSION = 6;
const HELLO = 0;

/** A model of a switch at the end of a socket. */
export class ModelConnection {
  readonly model: ModelSwitch;
  readonly socket: net.Socket;

  private constructor(model: ModelSwitch, socket: net.Socket) {
    this.model = model;
    this.socket = socket;
    const frames = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      const answers = frames.push(chunk).flatMap((frame) => (frame[1] === HELLO ? [] : model.take(frame)));
      if (answers.length > 0) socket.write(Buffer.concat(answers));
    });
    socket.on('error', () => undefined);
  }

  static async open(port: number, model: ModelSwitch): Promise<ModelConnection> {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    const connection = new ModelConnection(model, socket);
    await once(socket, 'connect');
    connection.send({ type: 'hello', versions: [VERSION], elements: [] });
    return connection;
  }

  send(body: Body): void {
    this.socket.write(encode(body, VERSION, 0));
  }

  end(): void {
    this.socket.destroy();
  }
}
