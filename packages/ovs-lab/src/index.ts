export type { FabricNetwork } from './addresses.ts';
export { LabError, type LabErrorCode } from './errors.ts';
export { Fabric, type FabricLink, type FabricOptions, LINK_PORT, type Place, UPLINK_PORT } from './fabric.ts';
export type { Host } from './hosts.ts';
export type { SwitchTls } from './open-vswitch.ts';
export type { Program } from './program.ts';
export { PROGRAMS } from './programs.ts';
export { canHaveFabric, type Feasibility, type Machine } from './requirements.ts';
export { type StartOptions, start, until } from './system.ts';
