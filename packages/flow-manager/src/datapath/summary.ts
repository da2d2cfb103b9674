import type { Datapath } from './datapath.ts';
import { hexOf } from './errors.ts';

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
