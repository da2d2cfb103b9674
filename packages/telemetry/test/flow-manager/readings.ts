import type { ChannelReading, FlowManagerReading, MemberReading, SwitchReading } from '../../src/index.ts';

export function aChannel(fields: Partial<ChannelReading> = {}): ChannelReading {
  return {
    received: 10,
    sent: 20,
    bytesReceived: 1_000,
    bytesSent: 2_000,
    echoes: 3,
    packetIns: 5,
    droppedPacketIns: 0,
    malformed: 0,
    strayErrors: 0,
    ...fields,
  };
}

export function aSwitch(id: string, fields: Partial<SwitchReading> = {}): SwitchReading {
  return { id, peer: '10.0.0.1:40000', role: 'master', openflow: '1.5', channel: aChannel(), ...fields };
}

export function aMember(guest: number, fields: Partial<MemberReading> = {}): MemberReading {
  const address = `10.9.0.${guest - 90}`;
  return { guest, address, port: 8080, state: 'ready', health: 'up', weight: 1, ramp: 1, placed: true, ...fields };
}

export function aReading(fields: Partial<FlowManagerReading> = {}): FlowManagerReading {
  return { role: 'master', generation: 7n, version: 3, switches: [], services: [], ...fields };
}
