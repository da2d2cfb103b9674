import { BallastError } from '@ballast/core';
import type { Description } from '../schema/endpoint.ts';
import { descriptions } from '../schema/tables/index.ts';
import { accessHandlers } from './access.ts';
import { clusterHandlers } from './cluster.ts';
import { configHandlers } from './config.ts';
import { guestHandlers } from './guests.ts';
import { haHandlers } from './ha.ts';
import { haStatusHandlers } from './ha-status.ts';
import { migrateHandlers } from './migrate.ts';
import { nodeHandlers } from './nodes.ts';
import { resourceHandlers } from './resources.ts';
import type { Handler, Handlers } from './route.ts';
import { rrdHandlers } from './rrd.ts';
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
  ...haHandlers,
  ...haStatusHandlers,
};

/** All of the API. @throws {BallastError} `simulator-schema` for a handler of what is not described */
export const routes: readonly Route[] = Object.entries(handlers).map(([name, handle]) => {
  const description = descriptions.get(name);
  if (description === undefined) {
    throw new BallastError('simulator-schema', `Expected a description of ${name}, got none.`);
  }
  return { description, handle };
});
