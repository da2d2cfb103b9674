import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Body, decode, encode, FrameReader, type Message, type Version } from '@ballast/openflow';

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

/** An Open vSwitch of its own, with a bridge `br0` in memory (no kernel, no root) and two ports. */
export class TestSwitch {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'openflow-'));
  private readonly processes: ChildProcess[] = [];

  async start(): Promise<void> {
    const database = path.join(this.folder, 'conf.db');
    const socket = `unix:${path.join(this.folder, 'db.sock')}`;
    this.run('ovsdb-tool', 'create', database, SCHEMA);
    this.spawn('ovsdb-server', `--remote=p${socket}`, database);
    await until(() => existsSync(path.join(this.folder, 'db.sock')));
    this.run('ovs-vsctl', `--db=${socket}`, '--no-wait', 'init');
    this.spawn('ovs-vswitchd', '--enable-dummy', socket);
    const bridge = ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=dummy', 'fail_mode=secure'];
    const versions = ['protocols=OpenFlow13,OpenFlow14,OpenFlow15'];
    const ports = ['p1', 'p2'].flatMap((port) => [
      '--',
      'add-port',
      'br0',
      port,
      '--',
      'set',
      'Interface',
      port,
      'type=dummy',
    ]);
    this.run('ovs-vsctl', `--db=${socket}`, '--timeout=20', ...bridge, ...versions, ...ports);
  }

  /** A channel that has agreed on the version. */
  async channel(version: Version): Promise<Channel> {
    const channel = new Channel(connect(path.join(this.folder, 'br0.mgmt')), version);
    await channel.greet();
    return channel;
  }

  async stop(): Promise<void> {
    for (const process of this.processes.toReversed()) {
      process.kill();
      await new Promise((done) => process.once('exit', done));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get env(): NodeJS.ProcessEnv {
    const { folder } = this;
    const places = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    return { PATH: places, OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder };
  }

  private run(program: string, ...args: string[]): void {
    execFileSync(program, args, { env: this.env, stdio: 'pipe' });
  }

  private spawn(program: string, ...args: string[]): void {
    const child = spawn(program, [...args, `--unixctl=${path.join(this.folder, `${program}.ctl`)}`], {
      env: this.env,
      stdio: 'ignore',
    });
    this.processes.push(child);
  }
}

/** One connection to the switch; keeps every frame that came. */
export class Channel {
  /** All that came, hello first. */
  readonly frames: Uint8Array[] = [];
  private readonly socket: Socket;
  private readonly version: Version;
  private readonly messages: Message[] = [];
  private failure: Error | undefined;
  private xid = 100;

  constructor(socket: Socket, version: Version) {
    this.socket = socket;
    this.version = version;
    const splitter = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const frame of splitter.push(chunk)) {
          this.frames.push(frame);
          this.messages.push(decode(frame));
        }
      } catch (error) {
        this.failure = error instanceof Error ? error : new Error(String(error));
      }
    });
    socket.on('error', (error) => {
      this.failure = error;
    });
  }

  async greet(): Promise<void> {
    this.send({ type: 'hello', versions: [this.version], elements: [] });
    await this.next((message) => message.type === 'hello');
  }

  /** Answers the xid. */
  send(body: Body): number {
    this.xid += 1;
    this.socket.write(encode(body, this.version, this.xid));
    return this.xid;
  }

  /** Sends, and waits for all that is answered up to the barrier behind it. */
  async ask(body: Body): Promise<readonly Message[]> {
    const xid = this.send(body);
    await this.barrier();
    return this.messages.filter((message) => message.xid === xid);
  }

  async barrier(): Promise<void> {
    const xid = this.send({ type: 'barrier_request' });
    await this.next((message) => message.xid === xid);
  }

  /** The first message that came, or is to come, of that kind. */
  async next(wanted: (message: Message) => boolean): Promise<Message> {
    let found: Message | undefined;
    await until(() => {
      if (this.failure !== undefined) throw this.failure;
      found = this.messages.find(wanted);
      return found !== undefined;
    });
    return found as Message;
  }

  close(): void {
    this.socket.destroy();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('Expected the switch to answer within 15 s');
    await new Promise((resume) => setTimeout(resume, 5));
  }
}
