import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import { type RawProperty, readProperties, writeProperties, writeProperty } from '../properties.ts';
import { OFP14_VERSION } from '../versions.ts';

/** In the order of their property types, OpenFlow 1.5.1 section 7.3.10: a slave's and a master's of each. */
const EVENTS = [
  'packet_in',
  'port_status',
  'flow_removed',
  'role_status',
  'table_status',
  'requestforward',
  'flow_stats',
  'cont_status',
] as const;
/** What 1.3 has room for. */
const EVENTS_13 = EVENTS.slice(0, 3);

/** Which reasons of an event a controller in a role is told of: bit N of `mask` for reason N. */
export interface AsyncMask {
  readonly event: (typeof EVENTS)[number];
  /** `master` stands for EQUAL too. */
  readonly role: 'master' | 'slave';
  readonly mask: number;
}

/** What a controller is told unasked, section 7.3.10. 1.3 has all six masks of the first three events, always. */
export interface AsyncConfig {
  readonly type: 'get_async_reply' | 'set_async';
  readonly masks: readonly AsyncMask[];
  /** 1.4 and later. */
  readonly properties?: readonly RawProperty[];
}

export function readAsync(reader: Reader, type: AsyncConfig['type']): AsyncConfig {
  if (reader.version < OFP14_VERSION) {
    const masks = EVENTS_13.flatMap((event): AsyncMask[] => [
      { event, role: 'master', mask: reader.u32() },
      { event, role: 'slave', mask: reader.u32() },
    ]);
    return { type, masks };
  }
  const masks: AsyncMask[] = [];
  const properties = readProperties(reader, (property, content) => {
    const event = EVENTS[property >> 1];
    if (event === undefined || content.left !== 4) return false;
    masks.push({ event, role: (property & 1) === 0 ? 'slave' : 'master', mask: content.u32() });
    return true;
  });
  return properties.length === 0 ? { type, masks } : { type, masks, properties };
}

export function writeAsync(writer: Writer, config: AsyncConfig): void {
  const { masks, properties = [] } = config;
  if (writer.version < OFP14_VERSION) {
    writeAsync13(writer, masks);
    return;
  }
  for (const { event, role, mask } of masks) {
    writeProperty(writer, EVENTS.indexOf(event) * 2 + (role === 'master' ? 1 : 0), () => writer.u32(mask));
  }
  writeProperties(writer, properties);
}

function writeAsync13(writer: Writer, masks: readonly AsyncMask[]): void {
  const later = masks.find(({ event }) => !EVENTS_13.includes(event));
  if (later !== undefined) throw new OpenFlowError('not-in-version', `Expected OpenFlow 1.4 for event ${later.event}`);
  for (const event of EVENTS_13) {
    for (const role of ['master', 'slave']) {
      writer.u32(masks.find((mask) => mask.event === event && mask.role === role)?.mask ?? 0);
    }
  }
}
