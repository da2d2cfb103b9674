import {
  type Clock,
  codeOf,
  describeError,
  type Service,
  type TargetAssignment,
  type TargetReport,
  type WeightTable,
  type WeightTarget,
} from '@ballast/core';

/** What each target has to carry: the services that name it, with their weights. Frozen services are left alone. */
export function assignmentsOf(
  target: string,
  services: readonly Service[],
  table: WeightTable,
): readonly TargetAssignment[] {
  return services.flatMap((service) => {
    const weights = table.services.find((entry) => entry.service === service.name);
    if (weights === undefined || weights.frozen !== undefined) return [];
    return service.carriers
      .filter((carrier) => carrier.target === target)
      .map((carrier) => ({ service, options: carrier.options, weights }));
  });
}

/** Pushes a table to every target at once. A target that fails is reported and never holds up the others. */
export async function pushWeights(
  targets: readonly WeightTarget[],
  services: readonly Service[],
  table: WeightTable,
  clock: Clock,
  signal?: AbortSignal,
): Promise<readonly TargetReport[]> {
  return Promise.all(
    targets.map(async (target): Promise<TargetReport> => {
      const startedAt = clock.now();
      try {
        return await target.apply(assignmentsOf(target.name, services, table), signal === undefined ? {} : { signal });
      } catch (error) {
        return {
          target: target.name,
          kind: target.kind,
          changed: [],
          unchanged: 0,
          problems: [{ code: codeOf(error), message: describeError(error) }],
          duration: clock.now() - startedAt,
        };
      }
    }),
  );
}
