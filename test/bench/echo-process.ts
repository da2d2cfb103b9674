// A switch in a process of its own that does nothing but ask "are you there", over and over: how long a controller that
// is busy with others leaves one waiting.
import { type ChildProcess, fork } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { encode, FrameReader } from '@ballast/openflow';
import { ModelSwitch } from '../../packages/flow-manager/test/support/model-switch.ts';

/** Milliseconds from a request to its reply. */
export interface Echoes {
  readonly count: number;
  readonly longest: number;
}

export class EchoProbe {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Connects as the switch of that id. */
  static start(port: number, id: number): EchoProbe {
    return new EchoProbe(
      fork(fileURLToPath(import.meta.url), ['--child', String(port), String(id)], { execArgv: process.execArgv }),
    );
  }

  /** What was met since this was last asked. */
  take(): Promise<Echoes> {
    return new Promise((resolve) => {
      this.#child.once('message', (echoes) => resolve(echoes as Echoes));
      this.#child.send('take');
    });
  }

  stop(): void {
    this.#child.disconnect();
  }
}

const VERSION = 6;
const HELLO = 0;
const ECHO_REPLY = 3;
/** From a reply to the next request. */
const PAUSE_MS = 1;

class Asking {
  readonly #socket: net.Socket;
  readonly #model: ModelSwitch;
  #echoes: Echoes = { count: 0, longest: 0 };
  #asked = 0;
  #underWay = false;
  #wanted = false;

  constructor(port: number, id: bigint) {
    this.#model = new ModelSwitch(id);
    this.#socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    const frames = new FrameReader();
    this.#socket.write(encode({ type: 'hello', versions: [VERSION], elements: [] }, VERSION, 0));
    this.#socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.#read(frame);
    });
    this.#socket.on('error', () => undefined);
  }

  /** Tells what was met, once the reply that is awaited has come. */
  take(): void {
    this.#wanted = true;
    if (!this.#underWay) this.#tell();
  }

  #read(frame: Uint8Array): void {
    if (frame[1] === HELLO) this.#ask();
    else if (frame[1] === ECHO_REPLY) this.#replied();
    else for (const answer of this.#model.take(frame)) this.#socket.write(answer);
  }

  #ask(): void {
    this.#asked = performance.now();
    this.#underWay = true;
    this.#socket.write(encode({ type: 'echo_request', data: new Uint8Array(0) }, VERSION, 1));
  }

  #replied(): void {
    const took = performance.now() - this.#asked;
    this.#underWay = false;
    this.#echoes = { count: this.#echoes.count + 1, longest: Math.max(this.#echoes.longest, took) };
    if (this.#wanted) this.#tell();
    setTimeout(() => this.#ask(), PAUSE_MS);
  }

  #tell(): void {
    this.#wanted = false;
    process.send?.(this.#echoes);
    this.#echoes = { count: 0, longest: 0 };
  }
}

if (process.argv[2] === '--child') {
  const asking = new Asking(Number(process.argv[3]), BigInt(process.argv[4] ?? 0));
  process.on('message', () => asking.take());
  process.once('disconnect', () => process.exit(0));
}
