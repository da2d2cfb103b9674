import { NO_SOURCES } from '../schema/json.ts';
import { type FlowManagerSettings, flowManagerSchema } from './schema.ts';

/** What an empty file means, as the schema fills it in: there is no second list. */
export const FLOW_MANAGER_DEFAULTS: FlowManagerSettings = flowManagerSchema(NO_SOURCES).parse({});
