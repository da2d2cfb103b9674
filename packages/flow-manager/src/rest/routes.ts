import type { Registry } from '../registry/registry.ts';
import { placementRoutes } from './placements.ts';
import type { Route } from './route.ts';
import { SWITCHES } from './schemas.ts';
import { serviceRoutes } from './services.ts';
import type { SwitchSummary } from './views.ts';

export interface RouteParts {
  readonly registry: Registry;
  /** The switches that are known now. */
  readonly switches: () => readonly SwitchSummary[];
}

/** Everything under `/v1` that the OpenAPI document describes. */
export function routesOf({ registry, switches }: RouteParts): readonly Route[] {
  return [
    ...serviceRoutes(registry),
    ...placementRoutes(registry),
    {
      method: 'GET',
      path: '/v1/switches',
      id: 'listSwitches',
      summary: 'The switches that are known now.',
      answer: SWITCHES,
      refusals: [],
      handle: () => ({ switches: switches() }),
    },
  ];
}
