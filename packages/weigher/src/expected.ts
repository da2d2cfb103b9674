import {
  type Assessment,
  clamp,
  type GuestId,
  type History,
  type MemberWeight,
  memberKey,
  type Ratio,
  type Service,
  type ServiceWeights,
  type Usage,
  type WeightTable,
} from '@ballast/core';
import { steadyWeightOf } from './remember.ts';

export interface ExpectedUsageInput {
  readonly table: WeightTable;
  readonly services: readonly Service[];
  /** As it was when the table was decided: with the weights of the round before. */
  readonly history: History;
  readonly assessment: Assessment;
}

/** How the traffic of one service changes for one guest, and the share of its usage that follows. */
interface Shift {
  readonly trafficShare: Ratio;
  /** New share of the service's traffic over the old one. */
  readonly change: number;
}

/**
 * The usage that guests are expected to have once the weights of `table` act:
 *
 *     usage x (1 - trafficShare + trafficShare x newShare / oldShare)
 *
 * on the CPU, never above the guest's vCPUs; memory is taken to stay. Holds only ready members of services whose
 * `trafficShare` is above 0; the load of every other guest is taken as it is. What a migration takes off a weight for
 * as long as it runs does not count: a plan may only reckon with what lasts.
 */
export function expectedUsage(input: ExpectedUsageInput): Readonly<Record<GuestId, Usage>> {
  const { table, services, history, assessment } = input;
  const shifts = new Map<GuestId, Shift[]>();
  for (const service of services) {
    const weights = table.services.find((entry) => entry.service === service.name);
    if (weights === undefined || weights.frozen !== undefined || service.trafficShare <= 0) continue;
    for (const [guest, change] of changesOf(weights, history)) {
      shifts.set(guest, [...(shifts.get(guest) ?? []), { trafficShare: service.trafficShare, change }]);
    }
  }
  const expected: Record<GuestId, Usage> = {};
  for (const { guest, usage } of assessment.guests) {
    const own = shifts.get(guest.id);
    if (own === undefined) continue;
    expected[guest.id] = { ...usage, cpu: clamp(usage.cpu * factorOf(own), 0, guest.capacity.cpu) };
  }
  return expected;
}

/** For each ready member that had a weight before: its new share of the service's traffic over the old one. */
function changesOf(weights: ServiceWeights, history: History): ReadonlyMap<GuestId, number> {
  const ready = weights.members.filter((member) => member.state === 'ready');
  const before = (member: MemberWeight): number =>
    history.weights[memberKey(weights.service, member.member.guest)] ?? 0;
  const oldTotal = ready.reduce((sum, member) => sum + before(member), 0);
  const newTotal = ready.reduce((sum, member) => sum + steadyWeightOf(member), 0);
  const changes = new Map<GuestId, number>();
  for (const member of ready) {
    const had = before(member);
    if (had <= 0 || newTotal <= 0) continue;
    changes.set(member.member.guest, steadyWeightOf(member) / newTotal / (had / oldTotal));
  }
  return changes;
}

/** A guest of several services has their shares side by side; together they make no more than all of its usage. */
function factorOf(shifts: readonly Shift[]): number {
  const total = shifts.reduce((sum, shift) => sum + shift.trafficShare, 0);
  const scale = 1 / Math.max(1, total);
  return shifts.reduce((factor, { trafficShare, change }) => factor + scale * trafficShare * (change - 1), 1);
}
