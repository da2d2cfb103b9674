import type { Share } from './maglev.ts';
import { endpointOf, type Placement, type ServiceMember, type VirtualService } from './model.ts';

/** The members that new connections may go to, with what each is to get; heavier ones first to none. */
export interface MemberShare extends Share {
  readonly member: ServiceMember;
}

/**
 * Who takes new connections: ready members that are placed and up. Where every one of them is down, all of them, for
 * then the monitor is as likely to be wrong as they are; where none has a weight, all alike. So a pool is empty only
 * while no ready member is placed.
 */
export function sharesOf(service: VirtualService, placed: ReadonlyMap<string, Placement>): readonly MemberShare[] {
  const ready = service.members.filter(({ state, address }) => state === 'ready' && placed.has(address));
  const up = ready.filter(({ health }) => health !== 'down');
  const pool = up.length > 0 ? up : ready;
  const shares = pool.map((member) => ({ key: endpointOf(member), weight: weightOf(service, member), member }));
  const heavy = shares.filter(({ weight }) => weight > 0);
  return heavy.length > 0 ? heavy : shares.map((share) => ({ ...share, weight: 1 }));
}

/** Round robin knows no weights; a returning member ramps up under every algorithm. */
function weightOf(service: VirtualService, member: ServiceMember): number {
  return (service.algorithm === 'round-robin' ? 1 : member.weight) * (member.ramp ?? 1);
}
