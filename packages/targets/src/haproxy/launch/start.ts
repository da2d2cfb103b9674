import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock, Milliseconds } from '@ballast/core';
import type { HaproxyAddress } from '../address.ts';
import { HaproxyError } from '../errors.ts';
import { findHaproxy } from './binary.ts';
import { type LaunchedBackend, renderConfiguration, type SocketLevel } from './configuration.ts';
import { freePorts } from './ports.ts';
import { HaproxyProcess } from './process.ts';

export interface LaunchOptions {
  readonly backends: readonly LaunchedBackend[];
  readonly clock: Clock;
  /** A path, or a name to look for; `haproxy` when it is left out. */
  readonly binary?: string;
  /** Level of both runtime sockets; `admin` when it is left out. */
  readonly level?: SocketLevel;
  /** Longest wait for readiness, after a start and after a reload; 10 s when it is left out. */
  readonly timeout?: Milliseconds;
}

/** A real HAProxy that was started for somebody's use and ends with {@link stop}. */
export interface RunningHaproxy {
  /** Its runtime socket as a file. */
  readonly socket: Extract<HaproxyAddress, { kind: 'unix' }>;
  /** The same at a port of the loopback. */
  readonly tcpSocket: Extract<HaproxyAddress, { kind: 'tcp' }>;
  /** The socket of the master process, which is not a runtime socket. */
  readonly masterSocket: Extract<HaproxyAddress, { kind: 'unix' }>;
  /** Ports of the loopback that the frontends listen on, by backend. */
  readonly ports: Readonly<Record<string, number>>;
  readonly version: string;
  readonly configuration: string;
  /**
   * Reloads as `systemctl reload haproxy` does and returns when the new process answers at the socket. Runtime weights
   * are lost by it, as with every HAProxy that keeps no state file.
   * @param backends what the configuration has from now on; as it was when they are left out
   * @throws {HaproxyError} `haproxy-start` when the new process does not come
   */
  reload(backends?: readonly LaunchedBackend[]): Promise<void>;
  /** Ends it and removes its files; may be called again. */
  stop(): Promise<void>;
}

const STARTS = 5;

/**
 * Starts a real HAProxy with a frontend for each backend, and returns when it answers.
 * @throws {HaproxyError} `haproxy-missing` when there is no such program, `haproxy-start` when it does not start
 */
export async function startHaproxy(options: LaunchOptions): Promise<RunningHaproxy> {
  const binary = await findHaproxy(options.binary);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'haproxy-'));
  try {
    for (let start = 1; ; start++) {
      try {
        return await startIn(directory, binary, options);
      } catch (error) {
        // Another program took one of the ports in the moment between finding it free and using it.
        if (start === STARTS || !(error instanceof PortTaken)) throw error;
      }
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

class PortTaken extends HaproxyError {}

async function startIn(directory: string, binary: string, options: LaunchOptions): Promise<RunningHaproxy> {
  const { clock, level = 'admin', timeout = 10_000 } = options;
  const file = path.join(directory, 'haproxy.cfg');
  const socketPath = path.join(directory, 'runtime.sock');
  const masterPath = path.join(directory, 'master.sock');
  const [tcpPort = 0, ...ports] = await freePorts(options.backends.length + 1);
  const configure = async (backends: readonly LaunchedBackend[]): Promise<string> => {
    const text = renderConfiguration({ backends, ports, socket: { path: socketPath, tcpPort, level } });
    await writeFile(file, text);
    return text;
  };
  let configuration = await configure(options.backends);
  const socket = { kind: 'unix', path: socketPath } as const;
  const running = new HaproxyProcess({ binary, file, masterPath, socket, clock, timeout });
  const { version } = await running.ready().catch(async (error: unknown) => {
    await running.stop();
    throw running.output.includes('cannot bind') || running.output.includes('Address already in use')
      ? new PortTaken('haproxy-start', String(error), { cause: error })
      : error;
  });
  return {
    socket,
    tcpSocket: { kind: 'tcp', host: '127.0.0.1', port: tcpPort },
    masterSocket: { kind: 'unix', path: masterPath },
    ports: Object.fromEntries(options.backends.map((backend, index) => [backend.name, ports[index] ?? 0])),
    version,
    get configuration(): string {
      return configuration;
    },
    async reload(backends): Promise<void> {
      if (backends !== undefined) configuration = await configure(backends);
      await running.reload();
    },
    async stop(): Promise<void> {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
