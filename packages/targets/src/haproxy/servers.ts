import type { MemberState } from '@ballast/core';
import { SHOW_BACKENDS, SHOW_INFO, showServers } from './commands.ts';
import { HaproxyError, permissionDenied } from './errors.ts';
import type { Session } from './socket.ts';

/** A server as HAProxy has it now. */
export interface ServerRow {
  readonly backend: string;
  readonly server: string;
  readonly address: string;
  readonly port: number;
  /** 0..256 */
  readonly weight: number;
  readonly draining: boolean;
  /** Who took it out of service; left out when nobody did. */
  readonly maintenance?: 'administrator' | 'configuration' | 'inherited' | 'resolution';
}

/** The servers of some backends, as one process of HAProxy has them. */
export interface Truth {
  /** Changes when HAProxy was restarted or reloaded. */
  readonly process: string;
  /** By backend; a backend that HAProxy does not have is left out. */
  readonly backends: ReadonlyMap<string, readonly ServerRow[]>;
  /** The backends that there are; read only when one was missing. */
  readonly known: readonly string[];
}

/**
 * Reads the servers of the backends named.
 *
 * A reload starts another process, and the old one goes on to answer on the connections it has: with
 * `Stopping: 1`. What it says is past, and what it is told is lost; so the connection is dropped and the
 * new process asked.
 */
export async function readServers(session: Session, place: string, backends: readonly string[]): Promise<Truth> {
  for (let attempt = 1; ; attempt++) {
    const [info = '', ...replies] = await session.run([SHOW_INFO, ...backends.map(showServers)]);
    if (infoField(info, 'Stopping') === '0') return await truthOf(session, place, info, backends, replies);
    if (infoField(info, 'Stopping') === undefined) throw badReply(place, SHOW_INFO, info);
    session.reconnect();
    if (attempt === 2) throw stopping(place);
  }
}

async function truthOf(
  session: Session,
  place: string,
  info: string,
  backends: readonly string[],
  replies: readonly string[],
): Promise<Truth> {
  const found = new Map<string, readonly ServerRow[]>();
  backends.forEach((backend, index) => {
    const reply = replies[index] ?? '';
    if (reply.startsWith("Can't find backend")) return;
    if (reply.startsWith('Permission denied')) throw permissionDenied(place, showServers(backend));
    found.set(backend, parseServers(reply, place));
  });
  const known = found.size < backends.length ? parseNames((await session.run([SHOW_BACKENDS]))[0] ?? '') : [];
  return { process: `${infoField(info, 'Pid')}/${infoField(info, 'Start_time_sec')}`, backends: found, known };
}

/**
 * Parses `show servers state`: a version line, a line of column names behind `#`, a line per server.
 * Columns are found by name, since later versions of HAProxy append to them.
 * @throws {HaproxyError} `haproxy-bad-reply`
 */
export function parseServers(reply: string, place: string): readonly ServerRow[] {
  const [version, header = '', ...lines] = reply.trim().split('\n');
  const columns = header.replace(/^#\s*/, '').split(' ');
  const wanted = ['be_name', 'srv_name', 'srv_addr', 'srv_port', 'srv_uweight', 'srv_admin_state'];
  const at = wanted.map((column) => columns.indexOf(column));
  if (version !== '1' || at.includes(-1)) throw badReply(place, 'show servers state', reply);
  return lines.map((line) => {
    const words = line.split(' ');
    const [backend = '', server = '', address = '', port, weight, admin] = at.map((index) => words[index]);
    const flags = Number(admin);
    if (server === '' || !Number.isInteger(Number(weight)) || !Number.isInteger(flags) || admin === undefined) {
      throw badReply(place, 'show servers state', line);
    }
    const maintenance = maintenanceOf(flags);
    const row = {
      backend,
      server,
      address,
      port: Number(port),
      weight: Number(weight),
      draining: (flags & 0x18) !== 0,
    };
    return maintenance === undefined ? row : { ...row, maintenance };
  });
}

/**
 * The bits of `srv_admin_state` (HAProxy's management guide, `show servers state`): 0x01 maintenance, 0x02 inherited
 * from a tracked server, 0x04 configured (set beside 0x01, and never cleared, so that it says nothing by itself),
 * 0x08 drain, 0x10 drain inherited, 0x20 name not resolved.
 */
function maintenanceOf(flags: number): ServerRow['maintenance'] | undefined {
  if (flags & 0x01) return flags & 0x04 ? 'configuration' : 'administrator';
  if (flags & 0x02) return 'inherited';
  return flags & 0x20 ? 'resolution' : undefined;
}

/** The state a row stands for: a server in maintenance takes no new connections either. */
export function stateOf(row: ServerRow): MemberState {
  return row.draining || row.maintenance !== undefined ? 'drain' : 'ready';
}

/** Whether a row has the weight and the state that it is to have. */
export function isAsWanted(wanted: { readonly scaled: number; readonly state: MemberState }, row: ServerRow): boolean {
  return row.weight === wanted.scaled && stateOf(row) === wanted.state;
}

/** HAProxy 2.4 lists its own way to the master process too. */
function parseNames(reply: string): readonly string[] {
  return reply.split('\n').filter((line) => line !== '' && line !== 'MASTER' && !line.startsWith('#'));
}

/** A line of `show info`. */
export function infoField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1];
}

function badReply(place: string, command: string, reply: string): HaproxyError {
  const said = JSON.stringify(reply.trim().split('\n')[0]?.slice(0, 80) ?? '');
  return new HaproxyError(
    'haproxy-bad-reply',
    `Expected the reply of HAProxy to \`${command}\` at ${place}, got ${said}.`,
    {
      hint: 'Is this HAProxy, version 2.0 or newer?',
    },
  );
}

function stopping(place: string): HaproxyError {
  return new HaproxyError('haproxy-stopping', `The HAProxy at ${place} is stopping, and no other has taken over.`, {
    hint: 'Start HAProxy; the next round connects again.',
  });
}
