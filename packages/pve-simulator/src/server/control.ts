import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BallastError, describeError } from '@ballast/core';
import { readParams } from '../api/params.ts';
import { badParameters, Refusal } from '../api/refusal.ts';
import { readFields } from '../schema/shape.ts';
import { startBackup } from '../world/events.ts';
import { guestOf } from '../world/world.ts';
import { listenOn } from './entry.ts';
import type { Fault } from './faults.ts';
import { parseFault } from './parse-fault.ts';
import type { Simulator } from './simulator.ts';

/** A port where faults are set and time is moved. It is no part of the API: plain HTTP, JSON, nobody signs in. */
export interface Control {
  readonly url: string;
  stop(): Promise<void>;
}

interface Standing {
  readonly id: number;
  readonly fault: Fault;
  readonly heal: () => void;
}

interface Told {
  readonly status: number;
  readonly body?: unknown;
}

/** What is known of a request. */
interface Asked {
  readonly simulator: Simulator;
  readonly standing: Map<number, Standing>;
  readonly id: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const BODY_LIMIT = 65_536;

const COMMANDS: Readonly<Record<string, (asked: Asked) => Told>> = {
  'GET /': state,
  'GET /faults': ({ standing }) => ({ status: 200, body: [...standing.values()].map(row) }),
  'POST /faults': setFault,
  'DELETE /faults': ({ standing }) => {
    for (const id of standing.keys()) heal(standing, id);
    return { status: 204 };
  },
  'DELETE /faults/{id}': ({ standing, id }) => {
    if (!standing.has(id)) throw new Refusal(404, `no such fault ${id}`);
    heal(standing, id);
    return { status: 204 };
  },
  'POST /advance': ({ simulator, body }) => {
    simulator.advance(readParams(body, readFields({ milliseconds: 'integer 0..' })).number('milliseconds'));
    return { status: 200, body: { now: simulator.world.now } };
  },
  'POST /backup': backUp,
  'GET /requests': ({ simulator }) => ({
    status: 200,
    body: { count: simulator.requests, newest: simulator.requestLog.slice(-1000) },
  }),
};

/**
 * Opens the control port of a simulator. It ends with the simulator's process, or by itself.
 * @throws {BallastError} `simulator-listen` when the port cannot be had
 */
export async function startControl(
  simulator: Simulator,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<Control> {
  const standing = new Map<number, Standing>();
  const server = createServer((request, response) => {
    answer(simulator, standing, request, response).catch(() => request.socket.destroy());
  });
  const taken = await listenOn(server, host, port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function answer(
  simulator: Simulator,
  standing: Map<number, Standing>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const told = await tell(simulator, standing, request);
  const text = told.body === undefined ? '' : `${JSON.stringify(told.body)}\n`;
  response.writeHead(told.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function tell(simulator: Simulator, standing: Map<number, Standing>, request: IncomingMessage): Promise<Told> {
  const { pathname } = new URL(request.url ?? '/', 'http://control');
  const id = /^\/faults\/(\d+)$/.exec(pathname)?.[1];
  const name = `${request.method} ${id === undefined ? pathname : '/faults/{id}'}`;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(COMMANDS).join(', ');
    return { status: 404, body: { error: `Expected one of ${known}, got ${request.method} ${pathname}.` } };
  }
  try {
    return command({ simulator, standing, id: Number(id), body: await readJson(request) });
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: error.status, body: { error: error.message, ...(error.errors && { errors: error.errors }) } };
    }
    if (error instanceof BallastError) return { status: 400, body: { error: describeError(error) } };
    throw error;
  }
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_LIMIT) throw new Refusal(413, `Expected a body of at most ${BODY_LIMIT} bytes.`);
  }
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Answered below, as what is no object is.
  }
  throw new Refusal(400, 'Expected a JSON object as the body.');
}

function state({ simulator, standing }: Asked): Told {
  const { world, requests } = simulator;
  const { version, now, quorate } = world;
  const counts = { nodes: world.nodes.length, guests: world.guests.length, migrations: world.migrations.length };
  return { status: 200, body: { version, now, quorate, ...counts, requests, faults: [...standing.values()].map(row) } };
}

function row({ id, fault }: Standing): object {
  return { id, ...fault };
}

function setFault({ simulator, standing, body }: Asked): Told {
  const fault = parseFault(body);
  const id = Math.max(0, ...standing.keys()) + 1;
  const entry: Standing = { id, fault, heal: simulator.fail(fault) };
  standing.set(id, entry);
  return { status: 201, body: row(entry) };
}

function heal(standing: Map<number, Standing>, id: number): void {
  standing.get(id)?.heal();
  standing.delete(id);
}

function backUp({ simulator, body }: Asked): Told {
  const params = readParams(body, readFields({ guest: 'integer 100..', milliseconds: 'integer 1..' }));
  const id = params.number('guest');
  const guest = guestOf(simulator.world, id);
  if (guest === undefined) throw badParameters({ guest: `no guest ${id}` });
  if (guest.lock !== undefined) throw badParameters({ guest: `guest ${id} is locked (${guest.lock})` });
  simulator.update((world) => startBackup(world, id, params.number('milliseconds')));
  return { status: 200, body: { upid: simulator.world.tasks.at(-1)?.upid } };
}
