import { readMac, writeMac } from '../bytes/addresses.ts';
import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import { type RawProperty, readProperties, writeProperties, writeProperty } from '../properties.ts';
import { OFP14_VERSION } from '../versions.ts';

const OFPPDPT_ETHERNET = 0;
const OFPPMPT_ETHERNET = 0;
const NAME_SIZE = 16;

/** What an Ethernet port can do and does: bitmaps of OFPPF_*, speeds in kbit/s. OpenFlow 1.5.1 section 7.2.2.1. */
export interface EthernetPort {
  readonly curr: number;
  readonly advertised: number;
  readonly supported: number;
  readonly peer: number;
  readonly currSpeed: number;
  readonly maxSpeed: number;
}

export interface Port {
  readonly portNo: number;
  readonly hwAddr: string;
  readonly name: string;
  /** Of OFPPC_*. */
  readonly config: number;
  /** Of OFPPS_*. */
  readonly state: number;
  /** Always there in 1.3. */
  readonly ethernet?: EthernetPort;
  /** 1.4 and later. */
  readonly properties?: readonly RawProperty[];
}

/** A port came, went or changed, section 7.4.3. */
export interface PortStatus {
  readonly type: 'port_status';
  /** One of OFPPR_*. */
  readonly reason: number;
  readonly port: Port;
}

/** Changes a port, section 7.3.4.4. */
export interface PortMod {
  readonly type: 'port_mod';
  readonly portNo: number;
  readonly hwAddr: string;
  readonly config: number;
  readonly mask: number;
  /** Of OFPPF_*; 0, and in 1.3 none too, leaves them as they are. */
  readonly advertise?: number;
  /** 1.4 and later. */
  readonly properties?: readonly RawProperty[];
}

export function readPort(reader: Reader): Port {
  const start = reader.pos;
  const portNo = reader.u32();
  // 1.4 made room for properties; 1.3 has four bytes of padding here.
  const length = reader.version >= OFP14_VERSION ? reader.u16() : 64;
  reader.skip(reader.version >= OFP14_VERSION ? 2 : 4);
  const outer = reader.enter(start, length);
  const hwAddr = readMac(reader);
  reader.skip(2);
  const name = reader.text(NAME_SIZE);
  const base = { portNo, hwAddr, name, config: reader.u32(), state: reader.u32() };
  const port = reader.version >= OFP14_VERSION ? readPort14(reader, base) : { ...base, ethernet: readEthernet(reader) };
  reader.leave(outer);
  return port;
}

export function writePort(writer: Writer, port: Port): void {
  const start = writer.pos;
  const { ethernet, properties = [] } = port;
  writer.u32(port.portNo);
  writer.zeros(4);
  writeMac(writer, port.hwAddr);
  writer.zeros(2);
  writer.text(port.name, NAME_SIZE);
  writer.u32(port.config);
  writer.u32(port.state);
  if (writer.version < OFP14_VERSION) {
    refuseProperties(properties);
    if (ethernet === undefined) writer.zeros(24);
    else writeEthernet(writer, ethernet);
    return;
  }
  if (ethernet !== undefined) {
    writeProperty(writer, OFPPDPT_ETHERNET, () => {
      writer.zeros(4);
      writeEthernet(writer, ethernet);
    });
  }
  writeProperties(writer, properties);
  writer.patch16(start + 4, writer.pos - start);
}

export function readPortStatus(reader: Reader): PortStatus {
  const reason = reader.u8();
  reader.skip(7);
  return { type: 'port_status', reason, port: readPort(reader) };
}

export function writePortStatus(writer: Writer, status: PortStatus): void {
  writer.u8(status.reason);
  writer.zeros(7);
  writePort(writer, status.port);
}

export function readPortMod(reader: Reader): PortMod {
  const portNo = reader.u32();
  reader.skip(4);
  const hwAddr = readMac(reader);
  reader.skip(2);
  const base = { type: 'port_mod', portNo, hwAddr, config: reader.u32(), mask: reader.u32() } as const;
  if (reader.version < OFP14_VERSION) {
    const advertise = reader.u32();
    reader.skip(4);
    return { ...base, advertise };
  }
  let advertise: number | undefined;
  const properties = readProperties(reader, (type, content) => {
    if (type !== OFPPMPT_ETHERNET || content.left !== 4 || advertise !== undefined) return false;
    advertise = content.u32();
    return true;
  });
  return { ...base, ...(advertise !== undefined && { advertise }), ...(properties.length > 0 && { properties }) };
}

export function writePortMod(writer: Writer, mod: PortMod): void {
  const { advertise, properties = [] } = mod;
  writer.u32(mod.portNo);
  writer.zeros(4);
  writeMac(writer, mod.hwAddr);
  writer.zeros(2);
  writer.u32(mod.config);
  writer.u32(mod.mask);
  if (writer.version < OFP14_VERSION) {
    refuseProperties(properties);
    writer.u32(advertise ?? 0);
    writer.zeros(4);
    return;
  }
  if (advertise !== undefined) writeProperty(writer, OFPPMPT_ETHERNET, () => writer.u32(advertise));
  writeProperties(writer, properties);
}

/** 1.3 has no properties. */
export function refuseProperties(properties: readonly RawProperty[]): void {
  if (properties.length > 0)
    throw new OpenFlowError('not-in-version', 'Expected OpenFlow 1.4 for properties of a port');
}

function readPort14(reader: Reader, base: Port): Port {
  let ethernet: EthernetPort | undefined;
  const properties = readProperties(reader, (type, content) => {
    if (type !== OFPPDPT_ETHERNET || content.left !== 28 || ethernet !== undefined) return false;
    content.skip(4);
    ethernet = readEthernet(content);
    return true;
  });
  return { ...base, ...(ethernet !== undefined && { ethernet }), ...(properties.length > 0 && { properties }) };
}

function readEthernet(reader: Reader): EthernetPort {
  return {
    curr: reader.u32(),
    advertised: reader.u32(),
    supported: reader.u32(),
    peer: reader.u32(),
    currSpeed: reader.u32(),
    maxSpeed: reader.u32(),
  };
}

function writeEthernet(writer: Writer, ethernet: EthernetPort): void {
  writer.u32(ethernet.curr);
  writer.u32(ethernet.advertised);
  writer.u32(ethernet.supported);
  writer.u32(ethernet.peer);
  writer.u32(ethernet.currSpeed);
  writer.u32(ethernet.maxSpeed);
}
