import { type History, type MemberWeight, memberKey, type Weight, type WeightTable } from '@ballast/core';
import { tidy } from './weights/step.ts';

/**
 * The history with the weights of `table` in it: steady ones, without the factor of a migration, so that the next
 * round goes on from where load alone had brought them. Members and services that are gone are forgotten; a frozen
 * service keeps what was remembered of it.
 */
export function rememberWeights(history: History, table: WeightTable): History {
  const frozen = new Set(table.services.filter((entry) => entry.frozen !== undefined).map((entry) => entry.service));
  const kept = Object.entries(history.weights).filter(([key]) => frozen.has(serviceOf(key)));
  const decided = table.services
    .filter((entry) => entry.frozen === undefined)
    .flatMap((entry) =>
      entry.members.map((member) => [memberKey(entry.service, member.member.guest), steadyWeightOf(member)] as const),
    );
  return { ...history, weights: Object.fromEntries([...kept, ...decided]) };
}

/** A decided weight without what a migration takes off it. */
export function steadyWeightOf({ weight, factors }: MemberWeight): Weight {
  return tidy(factors.migration > 0 ? weight / factors.migration : weight);
}

/** The service in a {@link memberKey}; a service's own name may hold slashes. */
function serviceOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
