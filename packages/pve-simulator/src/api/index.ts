import { clusterRoutes } from './cluster.ts';
import { configRoutes } from './config.ts';
import { guestRoutes } from './guests.ts';
import { haRoutes } from './ha.ts';
import { haStatusRoutes } from './ha-status.ts';
import { migrateRoutes } from './migrate.ts';
import { nodeRoutes } from './nodes.ts';
import { resourceRoutes } from './resources.ts';
import type { Route } from './route.ts';
import { rrdRoutes } from './rrd.ts';
import { taskRoutes } from './tasks.ts';

/** All of the API but signing in, which the server does itself. */
export const routes: readonly Route[] = [
  ...clusterRoutes,
  ...resourceRoutes,
  ...nodeRoutes,
  ...rrdRoutes,
  ...guestRoutes,
  ...configRoutes,
  ...migrateRoutes,
  ...taskRoutes,
  ...haRoutes,
  ...haStatusRoutes,
];
