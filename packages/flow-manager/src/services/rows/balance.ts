import {
  type Action,
  CS_ESTABLISHED,
  CS_NEW,
  CS_TRACKED,
  type Instruction,
  type Learn,
  type LearnSpec,
  match,
  NX_CT_F_COMMIT,
  NX_LEARN_F_DELETE_LEARNED,
  NX_LEARN_F_SEND_FLOW_REM,
  NX_NAT_F_DST,
  OFPCML_NO_BUFFER,
  OFPP_CONTROLLER,
} from '@ballast/openflow';
import type { DesiredFlow } from '../../desired.ts';
import { addressBits, familyOf } from '../address.ts';
import { CT_ZONE, learnedCookie, TABLE } from '../identity.ts';
import type { ServiceMember, VirtualService } from '../model.ts';
import { apply, ctState, ETH_TYPE, flowMatch, goto, IP_PROTO, resubmit, row } from './parts.ts';

/** Seconds without a packet after which an open connection is counted no more. */
const CONNECTION_IDLE = 300;
/** Seconds after a client closed its side. */
const CONNECTION_CLOSING = 2;

/** New connections of a service: to its group or the controller; past what the client is remembered by, if it persists. */
export function newRows(
  service: VirtualService,
  groupId: number,
  candidates: readonly number[],
): readonly DesiredFlow[] {
  const { name } = service;
  const fresh = [...ctState(CS_TRACKED | CS_NEW), ...toVip(service)];
  const punted = service.algorithm === 'least-connections';
  const choose = apply(punted ? PUNT : { type: 'group', groupId });
  const purpose = punted ? 'punt' : 'choose';
  if (service.persistence === undefined) return [row(TABLE.forward, 80, purpose, fresh, choose, name)];
  const recall = apply(resubmit(TABLE.affinity), resubmit(TABLE.choose));
  return [
    row(TABLE.forward, 80, 'forward', fresh, recall, name),
    ...candidates.map((id) =>
      row(TABLE.choose, 100, 'choose', [...match({ reg1: id }), ...toVip(service)], goto(TABLE.member), name),
    ),
    row(TABLE.choose, 50, purpose, toVip(service), choose, name),
  ];
}

/** The whole packet to the controller: it sends it back with a member in register 1. */
const PUNT: Action = { type: 'output', port: OFPP_CONTROLLER, maxLen: OFPCML_NO_BUFFER };

/** Binds a new connection to the member in register 1, and learns what is to be learned of it. */
export function memberRow(service: VirtualService, member: ServiceMember, id: number): DesiredFlow {
  const actions: Action[] = [];
  if (service.persistence !== undefined) actions.push(remember(service, service.persistence.timeout, id));
  if (service.algorithm === 'least-connections') actions.push(count(service, member, id));
  actions.push(bind(member));
  return row(TABLE.member, 100, 'member', [...match({ reg1: id }), ...toVip(service)], apply(...actions), service.name);
}

/** Packets of open connections pass the table where the connections are counted. */
export function countedRow(service: VirtualService, member: ServiceMember): DesiredFlow {
  const fields = flowMatch(familyOf(member.address), service.protocol, 'dst', member.address, member.port);
  const through: readonly Instruction[] = [...apply(resubmit(TABLE.connections)), ...goto(TABLE.placement)];
  return row(TABLE.forward, 110, 'forward', [...ctState(CS_TRACKED | CS_ESTABLISHED), ...fields], through);
}

function toVip({ vip, protocol }: VirtualService): ReturnType<typeof match> {
  return flowMatch(familyOf(vip.address), protocol, 'dst', vip.address, vip.port);
}

function bind({ address, port }: ServiceMember): Action {
  const range = familyOf(address) === 4 ? { ipv4Min: address } : { ipv6Min: address };
  const nat: Action = { type: 'nat', flags: NX_NAT_F_DST, ...range, protoMin: port };
  return { type: 'ct', flags: NX_CT_F_COMMIT, zone: CT_ZONE, table: TABLE.placement, alg: 0, actions: [nat] };
}

/** Which member the client is with, until it has opened no connection for the time-out. */
function remember(service: VirtualService, timeout: number, id: number): Learn {
  const { vip, name } = service;
  const specs: LearnSpec[] = [
    ...sameService(service, vip.address, vip.port),
    { bits: 32, source: { value: BigInt(id) }, destination: { kind: 'load', field: 'reg1', offset: 0 } },
  ];
  const idleTimeout = Math.min(0xffff, Math.max(1, Math.ceil(timeout / 1000)));
  return learn(
    TABLE.affinity,
    NX_LEARN_F_DELETE_LEARNED,
    learnedCookie(name, id),
    { idleTimeout, finIdleTimeout: 0 },
    specs,
  );
}

/** The connection itself, so that it can be counted; its end is told. */
function count(service: VirtualService, member: ServiceMember, id: number): Learn {
  const { protocol } = service;
  const specs: LearnSpec[] = [
    ...sameService(service, member.address, member.port),
    {
      bits: 16,
      source: { field: `${protocol}_src`, offset: 0 },
      destination: { kind: 'match', field: `${protocol}_src`, offset: 0 },
    },
  ];
  const flags = NX_LEARN_F_DELETE_LEARNED | NX_LEARN_F_SEND_FLOW_REM;
  const times = { idleTimeout: CONNECTION_IDLE, finIdleTimeout: protocol === 'tcp' ? CONNECTION_CLOSING : 0 };
  return learn(TABLE.connections, flags, learnedCookie(service.name, id), times, specs);
}

/** Matches this client's packets to an address and port. */
function sameService({ protocol }: VirtualService, address: string, port: number): readonly LearnSpec[] {
  const family = familyOf(address);
  const bits = family === 4 ? 32 : 128;
  return [
    fixed(16, 'eth_type', BigInt(ETH_TYPE[family])),
    fixed(8, 'ip_proto', BigInt(IP_PROTO[protocol])),
    {
      bits,
      source: { field: `ipv${family}_src`, offset: 0 },
      destination: { kind: 'match', field: `ipv${family}_src`, offset: 0 },
    },
    fixed(bits, `ipv${family}_dst`, addressBits(address)),
    fixed(16, `${protocol}_dst`, BigInt(port)),
  ];
}

function fixed(
  bits: number,
  field: 'eth_type' | 'ip_proto' | 'ipv4_dst' | 'ipv6_dst' | 'tcp_dst' | 'udp_dst',
  value: bigint,
): LearnSpec {
  return { bits, source: { value }, destination: { kind: 'match', field, offset: 0 } };
}

function learn(
  table: number,
  flags: number,
  cookie: bigint,
  times: Pick<Learn, 'idleTimeout' | 'finIdleTimeout'>,
  specs: readonly LearnSpec[],
): Learn {
  return { type: 'learn', hardTimeout: 0, priority: 100, cookie, flags, table, finHardTimeout: 0, ...times, specs };
}
