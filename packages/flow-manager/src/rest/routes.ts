import type { ServiceConnections } from '../balancer/options.ts';
import type { Registry } from '../registry/registry.ts';
import { placementRoutes } from './placements.ts';
import { type Leading, roleRoutes } from './role.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './services.ts';
import { type SwitchParts, switchRoutes } from './switches.ts';

export interface RouteParts extends SwitchParts {
  readonly registry: Registry;
  /** Open connections, of the services whose connections are counted. */
  readonly connections?: () => readonly ServiceConnections[];
  /** The role, and the way to another; there is no `/v1/role` without it. */
  readonly leading?: Leading;
}

/** Everything under `/v1` that the OpenAPI document describes. */
export function routesOf(parts: RouteParts): readonly Route[] {
  const { registry, connections, leading, switches } = parts;
  return [
    ...serviceRoutes(registry, connections),
    ...placementRoutes(registry),
    ...switchRoutes(parts),
    ...(leading === undefined ? [] : roleRoutes(leading, switches)),
  ];
}
