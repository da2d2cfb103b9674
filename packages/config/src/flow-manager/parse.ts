import { duplicateNames } from '../checks/names.ts';
import { type ConfigKind, type ParseOptions, readConfig } from '../read.ts';
import { checkExposure } from './checks/exposure.ts';
import { checkMembers } from './checks/members.ts';
import { checkPlaces } from './checks/places.ts';
import { checkVips } from './checks/vips.ts';
import { flowManagerOutline } from './json.ts';
import { type FlowManagerSettings, flowManagerSchema } from './schema.ts';
import type { FlowManagerConfig } from './types.ts';

const FLOW_MANAGER: ConfigKind<FlowManagerSettings> = {
  schema: flowManagerSchema,
  outline: flowManagerOutline,
  checks: [checkExposure, (data) => duplicateNames(data, 'services'), checkVips, checkMembers, checkPlaces],
};

/**
 * Reads the flow manager's configuration from its text, whole or not at all.
 * @throws {ConfigError} with every problem that was found, each with its place in the file
 */
export function parseFlowManagerConfig(text: string, options: ParseOptions): FlowManagerConfig {
  return { source: options.file, ...readConfig(text, options, FLOW_MANAGER) };
}
