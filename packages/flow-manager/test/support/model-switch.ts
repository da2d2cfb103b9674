import {
  type Action,
  type Body,
  decode,
  encode,
  type FlowFilter,
  type FlowMod,
  flowMod,
  type GroupContent,
  type Message,
  type MultipartAnswer,
  OFPMP_FLOW,
  OFPMP_GROUP_DESC,
  OFPMPF_MORE,
  OFPT_MULTIPART_REPLY,
} from '@ballast/openflow';
import type { DesiredFlow } from '../../src/index.ts';

const VERSION = 6;
/** Type bytes of OpenFlow 1.5, commands and errors: sections 7.1.1, 7.3.4 and 7.5.4. */
const FLOW_MOD = 14;
const GROUP_MOD = 15;
const BUNDLE_ADD = 34;
const COMMAND = { flowAdd: 0, flowModifyStrict: 2, flowDeleteStrict: 4, groupAdd: 0, groupModify: 1, groupDelete: 2 };
const BUNDLE = { open: 0, opened: 1, close: 2, closed: 3, commit: 4, committed: 5, discard: 6, discarded: 7 };
const ERRORS = {
  badOutGroup: [2, 9],
  groupExists: [6, 0],
  unknownGroup: [6, 8],
  isSlave: [1, 10],
  badId: [17, 2],
  bundleExists: [17, 3],
  badLength: [17, 8],
  badXid: [17, 9],
  failed: [17, 13],
} as const;
const PART = 60_000;

interface Rows {
  readonly flows: Map<string, Flow>;
  /** Group mods as they came, header included: what is inside is looked at when somebody asks. */
  readonly groups: Map<number, Uint8Array>;
}

interface Flow {
  readonly mod: FlowMod;
  readonly uses: readonly number[];
  /** As it is told; made when somebody asks where it is missing. */
  entry?: Uint8Array;
}

class Refused extends Error {
  readonly error: keyof typeof ERRORS;
  /** The message of a bundle that was refused when the bundle was carried out. */
  readonly within: Uint8Array | undefined;

  constructor(error: keyof typeof ERRORS, within?: Uint8Array) {
    super(error);
    this.error = error;
    this.within = within;
  }
}

/**
 * A switch of OpenFlow 1.5 that obeys: it carries a bundle out whole or not at all, refuses what Open vSwitch refuses of
 * it, and tells what it has. No sockets: frames in, frames out.
 */
export class ModelSwitch {
  readonly id: bigint;
  /** What it got that no controller may send. */
  readonly faults: string[] = [];
  /** Frames by type, since `count` was last cleared. */
  readonly count: Map<number, number> = new Map();
  role = 0;
  #rows: Rows = { flows: new Map(), groups: new Map() };
  readonly #bundles = new Map<number, Uint8Array[]>();

  constructor(id: bigint) {
    this.id = id;
  }

  get flows(): readonly FlowMod[] {
    return [...this.#rows.flows.values()].map(({ mod }) => mod);
  }

  get groups(): readonly GroupContent[] {
    return [...this.#rows.groups.values()].map((frame) => {
      const { type: _type, command: _command, ...content } = decode(frame) as Message & { readonly type: 'group_mod' };
      return content;
    });
  }

  get size(): { readonly flows: number; readonly groups: number } {
    return { flows: this.#rows.flows.size, groups: this.#rows.groups.size };
  }

  /** Somebody else puts a flow there. */
  put({ table, ...flow }: DesiredFlow): void {
    this.#obey(this.#rows, encode(flowMod({ ...flow, tableId: table }), VERSION, 0));
  }

  /** Loses flows and groups without a word: those for which `lose` says so, and flows that use such groups. */
  lose(lose: (name: string) => boolean): void {
    for (const id of this.#rows.groups.keys()) if (lose(`group ${id}`)) removeGroup(this.#rows, id);
    for (const place of this.#rows.flows.keys()) if (lose(`flow ${place}`)) this.#rows.flows.delete(place);
  }

  /** The frames that answer one. */
  take(frame: Uint8Array): readonly Uint8Array[] {
    const type = frame[1] ?? 0;
    this.count.set(type, (this.count.get(type) ?? 0) + 1);
    try {
      if (type === BUNDLE_ADD) return this.#gather(frame);
      if (type === FLOW_MOD || type === GROUP_MOD) return this.#obey(this.#rows, frame);
      const message = decode(frame);
      if (message.type === 'multipart_request') return this.#tell(message.query, message.xid);
      return this.#answer(message).map((body) => encode(body, VERSION, message.xid));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.within === undefined) return [refusal(frame, error.error)];
      return [refusal(error.within, error.error), refusal(frame, 'failed')];
    }
  }

  #answer(message: Message): readonly Body[] {
    if (message.type === 'echo_request') return [{ type: 'echo_reply', data: message.data }];
    if (message.type === 'barrier_request') return [{ type: 'barrier_reply' }];
    if (message.type === 'role_request') {
      if (message.role !== 0) this.role = message.role;
      return [{ type: 'role_reply', role: this.role, generationId: message.generationId }];
    }
    if (message.type === 'bundle_control') return this.#control(message.bundleId, message.control);
    if (message.type !== 'features_request') return [];
    const about = { auxiliaryId: 0, capabilities: 0x4f, reserved: 0, buffers: 0, tables: 254 };
    return [{ type: 'features_reply', datapathId: this.id, ...about }];
  }

  #tell(query: (Message & { readonly type: 'multipart_request' })['query'], xid: number): readonly Uint8Array[] {
    const reply = (answer: MultipartAnswer): readonly Uint8Array[] => [
      encode({ type: 'multipart_reply', flags: 0, answer }, VERSION, xid),
    ];
    const text = { manufacturer: 'Model', hardware: 'none', software: '1', serialNumber: '1', datapath: 'model' };
    if (query.kind === 'desc') return reply({ kind: 'desc', ...text });
    if (query.kind === 'port_desc') return reply({ kind: 'port_desc', entries: [] });
    if (query.kind === 'flow') {
      const found = [...this.#rows.flows.values()].filter(({ mod }) => agrees(mod.cookie, query));
      return parts(OFPMP_FLOW, found.map(entryOf), xid);
    }
    if (query.kind !== 'group_desc') throw new Error(`No answer to ${query.kind}.`);
    return parts(OFPMP_GROUP_DESC, [...this.#rows.groups.values()].map(descriptionOf), xid);
  }

  #control(bundleId: number, control: number): readonly Body[] {
    const open = this.#bundles.get(bundleId);
    const reply = (step: number): readonly Body[] => [
      { type: 'bundle_control', bundleId, control: step, flags: 3, properties: [] },
    ];
    if (control === BUNDLE.open) {
      if (open !== undefined) throw new Refused('bundleExists');
      this.#bundles.set(bundleId, []);
      return reply(BUNDLE.opened);
    }
    if (open === undefined) throw new Refused('badId');
    this.#bundles.delete(bundleId);
    if (control === BUNDLE.discard) return reply(BUNDLE.discarded);
    if (control !== BUNDLE.commit) throw new Error(`No answer to step ${control} of a bundle.`);
    // A bundle of groups that change, as weights are, leaves the flows as they are.
    const flows = open.every(changesGroup) ? this.#rows.flows : new Map(this.#rows.flows);
    const rows = { flows, groups: new Map(this.#rows.groups) };
    for (const frame of open) this.#obeyWithin(rows, frame);
    this.#rows = rows;
    return reply(BUNDLE.committed);
  }

  /** Outer and inner message agree in version and xid, and the inner one fills the outer one: section 7.3.9.6. */
  #gather(frame: Uint8Array): readonly Uint8Array[] {
    const view = frameView(frame);
    const inner = frame.subarray(16);
    if (inner[0] !== VERSION || view.getUint16(18) !== inner.length) throw this.#fault('badLength');
    if (view.getUint32(4) !== view.getUint32(20)) throw this.#fault('badXid');
    const bundle = this.#bundles.get(view.getUint32(8));
    if (bundle === undefined) throw this.#fault('badId');
    bundle.push(inner);
    return [];
  }

  #fault(error: keyof typeof ERRORS): Refused {
    this.faults.push(error);
    return new Refused(error);
  }

  #obeyWithin(rows: Rows, frame: Uint8Array): void {
    try {
      this.#obey(rows, frame);
    } catch (error) {
      throw error instanceof Refused ? new Refused(error.error, frame) : error;
    }
  }

  #obey(rows: Rows, frame: Uint8Array): readonly Uint8Array[] {
    if (this.role === SLAVE) throw new Refused('isSlave');
    if (frame[1] === GROUP_MOD) changeGroup(rows, frame);
    else if (frame[1] === FLOW_MOD) changeFlow(rows, frame);
    else throw new Error(`No type ${frame[1]} in a bundle.`);
    return [];
  }
}

const SLAVE = 3;

function changeGroup(rows: Rows, frame: Uint8Array): void {
  const view = frameView(frame);
  const [command, id] = [view.getUint16(8), view.getUint32(12)];
  const present = rows.groups.has(id);
  if (command === COMMAND.groupDelete) removeGroup(rows, id);
  else if (command === COMMAND.groupAdd && present) throw new Refused('groupExists');
  else if (command === COMMAND.groupModify && !present) throw new Refused('unknownGroup');
  else rows.groups.set(id, frame);
}

function changesGroup(frame: Uint8Array): boolean {
  return frame[1] === GROUP_MOD && frame[9] === COMMAND.groupModify;
}

function removeGroup(rows: Rows, id: number): void {
  rows.groups.delete(id);
  for (const [place, { uses }] of rows.flows) if (uses.includes(id)) rows.flows.delete(place);
}

function changeFlow(rows: Rows, frame: Uint8Array): void {
  const mod = decode(frame) as Message & FlowMod;
  const place = placeOf(mod, frame);
  const present = rows.flows.get(place);
  const uses = mod.instructions.flatMap((one) => ('actions' in one ? groupsIn(one.actions) : []));
  if (uses.some((id) => !rows.groups.has(id))) throw new Refused('badOutGroup');
  if (mod.command === COMMAND.flowAdd) rows.flows.set(place, { mod, uses, entry: entryIn(frame) });
  else if (present === undefined || !agrees(present.mod.cookie, mod)) return;
  else if (mod.command === COMMAND.flowDeleteStrict) rows.flows.delete(place);
  else if (mod.command === COMMAND.flowModifyStrict) {
    rows.flows.set(place, { mod: { ...present.mod, instructions: mod.instructions }, uses });
  } else throw new Error(`No flow command ${mod.command}.`);
}

/** Whoever writes the same match writes the same bytes. */
function placeOf({ tableId, priority }: FlowMod, frame: Uint8Array): string {
  const length = frameView(frame).getUint16(50);
  return `${tableId}/${priority}/${Buffer.from(frame.subarray(52, 48 + length)).toString('hex')}`;
}

function groupsIn(actions: readonly Action[]): readonly number[] {
  return actions.flatMap((action) => {
    if (action.type === 'group') return [action.groupId];
    return 'actions' in action ? groupsIn(action.actions) : [];
  });
}

function agrees(cookie: bigint, filter: Pick<FlowFilter, 'cookie' | 'cookieMask'>): boolean {
  return (cookie & filter.cookieMask) === (filter.cookie & filter.cookieMask);
}

/** The entry of a flow that a flow mod adds: sections 7.3.4.2 and 7.3.5.2 have the same in another order. */
function entryIn(frame: Uint8Array): Uint8Array {
  const match = (frameView(frame).getUint16(50) + 7) & ~7;
  const entry = new Uint8Array(frame.length - 16);
  const view = frameView(entry);
  view.setUint16(0, entry.length);
  entry.set(frame.subarray(24, 25), 4);
  entry.set(frame.subarray(30, 32), 6);
  entry.set(frame.subarray(26, 30), 8);
  entry.set(frame.subarray(44, 48), 12);
  entry.set(frame.subarray(8, 16), 16);
  entry.set(frame.subarray(48, 48 + match), 24);
  // No counters: their own length alone.
  view.setUint16(24 + match + 2, 4);
  entry.set(frame.subarray(48 + match), 24 + match + 8);
  return entry;
}

function frameView({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

function entryOf(flow: Flow): Uint8Array {
  const { tableId, priority, idleTimeout, hardTimeout, flags, importance, cookie, match, instructions } = flow.mod;
  const kept = { tableId, priority, idleTimeout, hardTimeout, flags, importance, cookie, match, instructions };
  const answer: MultipartAnswer = { kind: 'flow', entries: [{ ...kept, statistics: {} }] };
  flow.entry ??= encode({ type: 'multipart_reply', flags: 0, answer }, VERSION, 0).subarray(16);
  return flow.entry;
}

/** A description differs from what made the group in its beginning alone: sections 7.3.4.3 and 7.3.5.10. */
function descriptionOf(frame: Uint8Array): Uint8Array {
  const entry = frame.slice(8);
  const view = frameView(entry);
  view.setUint16(0, entry.length);
  view.setUint16(10, 0);
  view.setUint32(12, 0);
  return entry;
}

/** Entries in as few messages as they fit into; one that is empty where there are none. */
function parts(kind: number, entries: readonly Uint8Array[], xid: number): readonly Uint8Array[] {
  const bodies: Uint8Array[][] = [[]];
  let size = 0;
  for (const entry of entries) {
    size += entry.length;
    if (size > PART) {
      bodies.push([]);
      size = entry.length;
    }
    bodies.at(-1)?.push(entry);
  }
  return bodies.map((body, index) => {
    const flags = index < bodies.length - 1 ? OFPMPF_MORE : 0;
    const data = Buffer.concat([Uint8Array.of(kind >> 8, kind, flags >> 8, flags, 0, 0, 0, 0), ...body]);
    return encode({ type: 'unknown', messageType: OFPT_MULTIPART_REPLY, data }, VERSION, xid);
  });
}

function refusal(frame: Uint8Array, error: keyof typeof ERRORS): Uint8Array {
  const [errorType, code] = ERRORS[error];
  const xid = frameView(frame).getUint32(4);
  return encode({ type: 'error', errorType, code, data: frame.slice(0, 64) }, VERSION, xid);
}
