import type { Registry } from 'prom-client';
import { gauge } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';
import { MEMBER_STATES, type MemberReading, type ServiceReading } from './reading.ts';

/** Returns what writes the services of a reading; services and members that are gone leave no series behind. */
export function serviceMetrics(registry: Registry): (services: readonly ServiceReading[]) => void {
  const total = gauge(registry, NAMES.services);
  const members = gauge(registry, NAMES.serviceMembers);
  const available = gauge(registry, NAMES.serviceAvailable);
  const writeMember = memberMetrics(registry);

  return (services) => {
    for (const metric of [members, available]) metric.reset();
    writeMember.reset();
    total.set(services.length);
    for (const service of services) {
      members.set({ service: service.name }, service.members.length);
      available.set({ service: service.name }, service.members.filter(isAvailable).length);
      for (const member of service.members) writeMember.set(service.name, member);
    }
  };
}

interface MemberMetrics {
  set(service: string, member: MemberReading): void;
  reset(): void;
}

function memberMetrics(registry: Registry): MemberMetrics {
  const up = gauge(registry, NAMES.memberUp);
  const states = gauge(registry, NAMES.memberState);
  const weight = gauge(registry, NAMES.memberWeight);
  const ramp = gauge(registry, NAMES.memberRamp);
  const placed = gauge(registry, NAMES.memberPlaced);
  const open = gauge(registry, NAMES.memberConnections);

  return {
    set(service, member) {
      const labels = { service, guest: String(member.guest), endpoint: endpointOf(member) };
      up.set(labels, member.health === 'up' ? 1 : 0);
      for (const state of MEMBER_STATES) states.set({ ...labels, state }, member.state === state ? 1 : 0);
      weight.set(labels, member.weight);
      ramp.set(labels, member.ramp);
      placed.set(labels, member.placed ? 1 : 0);
      if (member.open !== undefined) open.set(labels, member.open);
    },
    reset() {
      for (const metric of [up, states, weight, ramp, placed, open]) metric.reset();
    },
  };
}

function isAvailable({ state, health, placed }: MemberReading): boolean {
  return state === 'ready' && health === 'up' && placed;
}

function endpointOf({ address, port }: MemberReading): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
