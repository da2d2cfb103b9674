import type { MemberWeight, Service, ServiceWeights } from '@ballast/core';
import { ServiceError } from './errors.ts';
import type { ServiceMember, VirtualService } from './model.ts';

/** What of a member only the flow manager knows: its health, and how much of its weight it has by now. */
export type MemberCondition = Pick<ServiceMember, 'health' | 'ramp'>;

/**
 * Core's service with the weights that were decided for it, as switches carry it. Members without an address are left
 * out: nothing can be sent to them.
 * @throws {ServiceError} `service.unsupported` for what flows cannot do: they see addresses and ports, no requests
 */
export function virtualServiceOf(
  service: Service,
  weights: ServiceWeights,
  conditionOf: (member: MemberWeight) => MemberCondition = () => ({}),
): VirtualService {
  const { name, vip, algorithm, persistence } = service;
  if (vip === undefined) {
    return refuse(`Expected an address and port for the VIP of ${name}, got none.`, 'Give the service a vip.');
  }
  if (service.routes.length > 0) {
    return refuse(
      `Expected no routes in ${name}, got ${service.routes.length}.`,
      'Let HAProxy carry services with routes.',
    );
  }
  if (persistence?.type === 'cookie') {
    return refuse(
      `Expected persistence of ${name} by source-ip, got cookie.`,
      'Use source-ip, or let HAProxy carry it.',
    );
  }
  const members = weights.members.flatMap((entry): readonly ServiceMember[] => {
    const { member, weight, state } = entry;
    if (member.address === undefined) return [];
    return [{ guest: member.guest, address: member.address, port: member.port, weight, state, ...conditionOf(entry) }];
  });
  const protocol = service.protocol === 'udp' ? 'udp' : 'tcp';
  const stays =
    persistence === undefined ? {} : { persistence: { type: 'source-ip', timeout: persistence.timeout } as const };
  return { name, vip, protocol, algorithm, members, ...stays };
}

function refuse(message: string, hint: string): never {
  throw new ServiceError('service.unsupported', message, { hint });
}
