export { startBalancer } from './balancer/balancer.ts';
export type {
  Balancer,
  BalancerEvents,
  BalancerOptions,
  FlowLine,
  FlowsOfSwitch,
  Lead,
  ServiceConnections,
  SwitchState,
} from './balancer/options.ts';
export { ChannelError, type ChannelErrorCode } from './channel/errors.ts';
export type { ChannelLimits, ChannelStats, TlsOptions } from './channel/options.ts';
export { SwitchRefusal } from './channel/refusal.ts';
export { type Controller, type Settled, startController } from './controller/controller.ts';
export type { ControllerHooks, ControllerOptions, Desired } from './controller/options.ts';
export type { Datapath } from './datapath/datapath.ts';
export { DatapathError, type DatapathErrorCode, StaleGenerationError } from './datapath/errors.ts';
export type { Role } from './datapath/roles.ts';
export { type SwitchSummary, summaryOf } from './datapath/summary.ts';
export {
  COOKIE_MARK,
  COOKIE_MASK,
  type DesiredFlow,
  type DesiredState,
  GROUP_MARK,
  GROUP_MASK,
  isOurGroup,
} from './desired.ts';
export { MonitorError, type MonitorErrorCode } from './monitors/errors.ts';
export {
  detectionWindow,
  FIRST_RAMP,
  type Health,
  judge,
  type ProbeResult,
  rampOf,
  unknownHealth,
} from './monitors/health.ts';
export { probe } from './monitors/probes.ts';
export { HealthWatch, type HealthWatchOptions, type MonitorTarget, type Probe } from './monitors/watch.ts';
export {
  type Disbelief,
  type KnownPlace,
  NO_PLACES,
  type PlaceEvent,
  type PlaceOutcome,
  type Places,
  place,
  placementsOf,
} from './placement/places.ts';
export { type Sighting, sightingOf } from './placement/sighting.ts';
export { RowRefusedError } from './reconcile/carry-out.ts';
export { type Change, diff } from './reconcile/diff.ts';
export type { Present } from './reconcile/present.ts';
export type { Outcome } from './reconcile/reconcile.ts';
export { type Remembered, registryDocument, rememberedIn } from './registry/document.ts';
export { RegistryError, type RegistryErrorCode } from './registry/errors.ts';
export { holdMember, putHealth, putPlace, releaseMember } from './registry/members.ts';
export { Registry, type RegistryListener, type RegistryOptions } from './registry/registry.ts';
export { putService, removeService } from './registry/services.ts';
export {
  carriedService,
  carriedServices,
  EMPTY_REGISTRY,
  type MemberSpec,
  type RegisteredService,
  type RegistryState,
  type ServiceSpec,
} from './registry/state.ts';
export { putWeights, type WeightsChange } from './registry/weights.ts';
export { type RestParts, restServer } from './rest/server.ts';
export { canonicalAddress, type Family, familyOf } from './services/address.ts';
export { type CompileInput, compileServices, compileShared, stateOfSwitch } from './services/compile.ts';
export { admission, type ConnectionCounts, leastLoaded } from './services/connections.ts';
export { departuresAfter, type TimedDeparture } from './services/departures.ts';
export { ServiceError, type ServiceErrorCode } from './services/errors.ts';
export { hash64 } from './services/hash.ts';
export {
  CT_ZONE,
  cookieOf,
  groupIds,
  isOfService,
  LEARNED_MARK,
  learnedCookie,
  memberIds,
  PURPOSE,
  type Purpose,
  purposeOf,
  TABLE,
  virtualMac,
} from './services/identity.ts';
export { type Share, SLOTS, type SlotOptions, type SlotTable, slotTable } from './services/maglev.ts';
export {
  type Departure,
  endpointOf,
  type Link,
  type Placement,
  type ServiceMember,
  type VirtualService,
} from './services/model.ts';
export { renderFlow, renderGroup, renderState } from './services/render.ts';
export { type MemberCondition, virtualServiceOf } from './services/resolve.ts';
export { type MemberShare, sharesOf } from './services/shares.ts';
export { type SlotTables, type SlotTablesInput, slotsOfGroup, slotTables } from './services/slots.ts';
export { checkTogether, normalPlacement, normalService } from './services/validate.ts';
