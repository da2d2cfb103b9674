export { keptActions } from './actions/kept.ts';
export * from './actions/numbers.ts';
export type * from './actions/types.ts';
export * from './constants/commands.ts';
export { errorName } from './constants/errors.ts';
export * from './constants/instructions.ts';
export * from './constants/messages.ts';
export * from './constants/reserved.ts';
export { decode, HEADER_SIZE } from './decode.ts';
export { encode, MessageBatch, withXid } from './encode.ts';
export { OpenFlowError, type OpenFlowErrorCode } from './errors.ts';
export { FrameReader } from './frames.ts';
export type { Instruction } from './instructions.ts';
export type { Body, Header, Message } from './message.ts';
export type { AsyncConfig, AsyncMask } from './messages/async.ts';
export type { BundleAdd, BundleControl } from './messages/bundles.ts';
export { type ErrorMessage, type ExperimenterError, OFPET_EXPERIMENTER } from './messages/error.ts';
export { type FlowMod, type FlowRemoved, flowMod } from './messages/flows.ts';
export { type Bucket, type GroupContent, type GroupMod, groupMod, type SelectionMethod } from './messages/groups.ts';
export type { Hello } from './messages/hello.ts';
export type { MeterBand, MeterMod } from './messages/meters.ts';
export { type FlowEntry, type FlowFilter, flowFilter } from './messages/multipart/flows.ts';
export type { GroupFeatures, GroupStats } from './messages/multipart/groups.ts';
export type { MeterConfig, MeterFeatures, MeterStats } from './messages/multipart/meters.ts';
export type { EthernetCounters, PortCounters, PortStats } from './messages/multipart/ports.ts';
export {
  decodeFlowEntry,
  decodeGroupDesc,
  groupIdOf,
  lastingFlow,
  lastingGroup,
  type RawPart,
  rawPart,
} from './messages/multipart/raw.ts';
export {
  joinAnswers,
  type MultipartAnswer,
  type MultipartList,
  type MultipartReply,
} from './messages/multipart/reply.ts';
export type { MultipartQuery, MultipartRequest } from './messages/multipart/request.ts';
export type { SwitchDesc, TableStats } from './messages/multipart/switch.ts';
export { type PacketIn, type PacketOut, packetOut } from './messages/packets.ts';
export type { EthernetPort, Port, PortMod, PortStatus } from './messages/ports.ts';
export type { RoleMessage, RoleStatus } from './messages/roles.ts';
export type { FeaturesReply, SwitchConfig } from './messages/switch.ts';
export type { Bare, Echo, Experimenter, UnknownMessage } from './messages/symmetric.ts';
export { normalActions, normalInstructions, normalMatch } from './normal.ts';
export { FIELDS, type FieldKind, type FieldName, type FieldValue } from './oxm/fields.ts';
export { type FieldRef, ONF_EXPERIMENTER_ID, type RawField, type Subfield } from './oxm/header.ts';
export {
  fieldValue,
  type KnownField,
  type Masked,
  type Match,
  type MatchField,
  match,
  OFPMT_OXM,
  type UnknownField,
} from './oxm/match.ts';
export type { RawProperty } from './properties.ts';
export type { Duration, Statistics, UnknownStatistic } from './statistics.ts';
export {
  negotiate,
  OFP10_VERSION,
  OFP13_VERSION,
  OFP14_VERSION,
  OFP15_VERSION,
  type PeerVersions,
  VERSIONS,
  type Version,
} from './versions.ts';
