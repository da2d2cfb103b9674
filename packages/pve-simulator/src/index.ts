export { PRIVILEGES, type Privilege, ROLES, type Role } from './api/privileges.ts';
export type { Grant } from './api/who.ts';
export { demoWorld } from './build/demo.ts';
export { parseTraces, type Trace, TraceError } from './build/parse-traces.ts';
export { type SyntheticOptions, syntheticWorld } from './build/synthetic.ts';
export { type TraceOptions, traceWorld } from './build/trace.ts';
export { answerProblems } from './schema/answer.ts';
export type { Description } from './schema/endpoint.ts';
export { descriptions } from './schema/tables/index.ts';
export { makeCertificate } from './server/certificate.ts';
export { type Control, startControl } from './server/control.ts';
export type { ClusterFault, Fault, RequestFault } from './server/faults.ts';
export { type DirectRequest, type InProcessSimulator, simulateInProcess } from './server/in-process.ts';
export {
  DEFAULT_TOKEN,
  DEFAULT_USER,
  type SimulatorOptions,
  type SimulatorTls,
  type SimulatorToken,
  type SimulatorUser,
} from './server/options.ts';
export type { LoggedRequest } from './server/request-log.ts';
export type { Reply } from './server/respond.ts';
export { type Simulator, startSimulator } from './server/simulator.ts';
export type { ConstantDemand, DailyDemand, Demand, TraceDemand } from './world/demand.ts';
export {
  failNextMigrations,
  nodeDown,
  nodeUp,
  startBackup,
  statsHeard,
  statsSilent,
  stopTask,
  withClockSkew,
  withLock,
  withMaintenance,
  withTraffic,
} from './world/events.ts';
export { type Load, loadOf, type NodeLoad } from './world/load.ts';
export { startMigration } from './world/migration/start.ts';
export type {
  BackupJob,
  DeviceMapping,
  GuestSample,
  GuestSnapshot,
  HaGroup,
  HaRule,
  HaService,
  NodeAffinityRule,
  NodeSample,
  ReplicationJob,
  ResourceAffinityRule,
  WorldMigration,
  WorldTask,
} from './world/records.ts';
export { step } from './world/step.ts';
export {
  changeGuest,
  changeNode,
  type GuestActivity,
  guestOf,
  type LocalDisk,
  type MigrationFailure,
  type NodeActivity,
  nodeOf,
  type World,
  type WorldGuest,
  type WorldNode,
  type WorldSettings,
  type WorldStorage,
} from './world/world.ts';
