import { BallastError } from '@ballast/core';
import type { Description } from '../schema/endpoint.ts';
import { descriptions } from '../schema/tables/index.ts';
import { accessHandlers } from './access.ts';
import { agentHandlers } from './agent.ts';
import { bulkHandlers } from './bulk.ts';
import { clusterHandlers } from './cluster.ts';
import { configHandlers } from './config.ts';
import { configChangeHandlers } from './config-change.ts';
import { datacenterHandlers } from './datacenter.ts';
import { featureHandlers } from './feature.ts';
import { guestHandlers } from './guests.ts';
import { haGroupHandlers } from './ha-groups.ts';
import { haResourceHandlers } from './ha-resources.ts';
import { haRuleHandlers } from './ha-rules.ts';
import { haStatusHandlers } from './ha-status.ts';
import { indexHandlers } from './indexes.ts';
import { metricHandlers } from './metrics.ts';
import { migrateHandlers } from './migrate.ts';
import { nodeHandlers } from './nodes.ts';
import { poolHandlers } from './pools.ts';
import { powerHandlers } from './power.ts';
import { replicationHandlers } from './replication.ts';
import { resourceHandlers } from './resources.ts';
import type { Handler, Handlers } from './route.ts';
import { rrdHandlers } from './rrd.ts';
import { snapshotHandlers } from './snapshots.ts';
import { storageHandlers } from './storage.ts';
import { taskHandlers } from './tasks.ts';

/** One method of the API: what it is, and what carries it out. */
export interface Route {
  readonly description: Description;
  readonly handle: Handler;
}

const handlers: Handlers = {
  ...accessHandlers,
  ...clusterHandlers,
  ...resourceHandlers,
  ...nodeHandlers,
  ...rrdHandlers,
  ...guestHandlers,
  ...configHandlers,
  ...migrateHandlers,
  ...taskHandlers,
  ...haResourceHandlers,
  ...haRuleHandlers,
  ...haGroupHandlers,
  ...haStatusHandlers,
  ...indexHandlers,
  ...agentHandlers,
  ...bulkHandlers,
  ...configChangeHandlers,
  ...datacenterHandlers,
  ...featureHandlers,
  ...metricHandlers,
  ...poolHandlers,
  ...powerHandlers,
  ...replicationHandlers,
  ...snapshotHandlers,
  ...storageHandlers,
};

/** All of the API. @throws {BallastError} `simulator-schema` for a handler of what is not described */
export const routes: readonly Route[] = Object.entries(handlers).map(([name, handle]) => {
  const description = descriptions.get(name);
  if (description === undefined) {
    throw new BallastError('simulator-schema', `Expected a description of ${name}, got none.`);
  }
  return { description, handle };
});
