import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';
import type { Instant } from './units.ts';

/** `ok`: as it should be. `warning`: Ballast works, with less than it could. `failure`: it does not, until this is mended. */
export type Severity = 'ok' | 'warning' | 'failure';

/** What was looked at; the severity of a finding says what came of it. */
export const FINDING_CODES = [
  'endpoint',
  'tls',
  'privilege',
  'version',
  'quorum',
  'node',
  'maintenance',
  'clock',
  'statistics',
  'native-balancer',
  'migration',
  'pool',
  'tag',
  'guest',
  'guest-local-disk',
  'guest-passthrough',
  'guest-cloud-init',
  'guest-cd-image',
  'guest-bind-mount',
  'guest-replicated',
  'guest-locked',
  'guest-cpu',
  'guest-no-target',
  'guest-ha-error',
  'guest-unread',
  'unchecked',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** A guest that a finding is about. */
export interface FoundGuest {
  readonly id: GuestId;
  readonly name: string;
  readonly node: NodeName;
  /** What was found of this one, such as its disks. */
  readonly detail: string;
}

/** A privilege that is missing. */
export interface MissingPrivilege {
  /** Proxmox VE's own word, such as `VM.Migrate`. */
  readonly privilege: string;
  /** Where it is missing, such as `/vms` or `/nodes/pve2`. */
  readonly paths: readonly string[];
  /** Who has to be given it; `unknown` when the credentials may not see what the user of a token has. */
  readonly holder: 'user' | 'token' | 'user-and-token' | 'unknown';
}

/** One thing that was looked at, and what was found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** A privilege, a node, an endpoint: a few words. */
  readonly subject: string;
  /** What was expected and what was got, in sentences. */
  readonly detail: string;
  /** What to do next. */
  readonly cure?: string;
  /** Commands for a root shell on a node that are part of the cure. */
  readonly commands?: readonly string[];
  readonly missing?: MissingPrivilege;
  /** All of them, however many. */
  readonly guests?: readonly FoundGuest[];
  readonly nodes?: readonly NodeName[];
}

/** What an examination of a cluster brought. */
export interface Diagnosis {
  readonly cluster: string;
  readonly checkedAt: Instant;
  /** Requests to Proxmox VE that it took; each only read. */
  readonly requests: number;
  readonly findings: readonly Finding[];
}
