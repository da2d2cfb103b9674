import type { AsyncConfig } from './messages/async.ts';
import type { BundleAdd, BundleControl } from './messages/bundles.ts';
import type { ErrorMessage, ExperimenterError } from './messages/error.ts';
import type { FlowMod, FlowRemoved } from './messages/flows.ts';
import type { GroupMod } from './messages/groups.ts';
import type { Hello } from './messages/hello.ts';
import type { MeterMod } from './messages/meters.ts';
import type { MultipartReply } from './messages/multipart/reply.ts';
import type { MultipartRequest } from './messages/multipart/request.ts';
import type { PacketIn, PacketOut } from './messages/packets.ts';
import type { PortMod, PortStatus } from './messages/ports.ts';
import type { RoleMessage, RoleStatus } from './messages/roles.ts';
import type { FeaturesReply, SwitchConfig } from './messages/switch.ts';
import type { Bare, Echo, Experimenter, UnknownMessage } from './messages/symmetric.ts';

/** A message without its header: the same object is sent in any version that can say it. */
export type Body =
  | Hello
  | ErrorMessage
  | ExperimenterError
  | Echo
  | Experimenter
  | Bare
  | FeaturesReply
  | SwitchConfig
  | PacketIn
  | PacketOut
  | FlowMod
  | FlowRemoved
  | GroupMod
  | MeterMod
  | PortStatus
  | PortMod
  | RoleMessage
  | RoleStatus
  | AsyncConfig
  | BundleControl
  | BundleAdd<Body>
  | MultipartRequest
  | MultipartReply
  | UnknownMessage;

/** What precedes every message, OpenFlow 1.5.1 section 7.1.1. */
export interface Header {
  /** One that this codec speaks, but for hellos, errors and echoes, whose form all versions share. */
  readonly version: number;
  /** Ties an answer to its request. */
  readonly xid: number;
}

export type Message = Header & Body;
