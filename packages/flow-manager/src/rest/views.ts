import type { Datapath } from '../datapath/datapath.ts';
import { hexOf } from '../datapath/errors.ts';
import type { KnownPlace } from '../placement/places.ts';
import { carriedService, type RegisteredService } from '../registry/state.ts';

/** A switch, for a person. */
export interface SwitchSummary {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly peer: string;
  readonly connected: boolean;
  readonly role: string;
  /** The OpenFlow version that is spoken, such as `1.3`. */
  readonly openflow: string;
  readonly description: string;
  readonly ports: readonly { readonly number: number; readonly name: string }[];
  /** Why it does not have what is wanted, when it has not. */
  readonly problem?: string;
}

/** What a connected switch says of itself. */
export function summaryOf(datapath: Datapath, problem?: string): SwitchSummary {
  const { description, version } = datapath;
  return {
    id: hexOf(datapath.id),
    peer: datapath.peer,
    connected: datapath.connected,
    role: datapath.role,
    // On the wire 1.3 is 4.
    openflow: `1.${version - 1}`,
    description: [description.manufacturer, description.hardware, description.software]
      .filter((part) => part !== '')
      .join(' '),
    ports: [...datapath.ports.values()].map(({ portNo, name }) => ({ number: portNo, name })),
    ...(problem !== undefined && { problem }),
  };
}

export function serviceView(registered: RegisteredService): unknown {
  const { service, monitor, held, fencing, version } = registered;
  const { name, members, ...rest } = service;
  const carried = carriedService(registered).members;
  return {
    name,
    version,
    ...fencingView(fencing),
    spec: {
      ...rest,
      ...(monitor !== undefined && { monitor }),
      members: members.map(({ guest, address, port, weight, state }) => ({ guest, address, port, weight, state })),
    },
    status: carried.map(({ guest, state, health = 'up', ramp = 1 }) => ({
      guest,
      state,
      held: held.has(guest),
      health,
      ramp,
    })),
  };
}

export function weightsView(registered: RegisteredService): unknown {
  const { service, held, fencing, version } = registered;
  return {
    service: service.name,
    version,
    ...fencingView(fencing),
    members: carriedService(registered).members.map(({ guest, weight, state }) => ({
      guest,
      weight,
      state,
      held: held.has(guest),
    })),
  };
}

export function placementView({ address, mac, at, by }: KnownPlace): unknown {
  return { address, mac, by, ...(at !== undefined && { at: { dpid: hexOf(at.dpid), port: at.port } }) };
}

function fencingView(fencing: bigint | undefined): { readonly fencing?: string } {
  return fencing === undefined ? {} : { fencing: String(fencing) };
}
