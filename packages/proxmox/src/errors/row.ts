import type { Failure } from './failure.ts';
import type { FailureKind } from './proxmox-error.ts';

/** One row of the table: what it looks like on the wire, what it is called, what a person reads. */
export interface FailureRow {
  readonly code: string;
  readonly kind: FailureKind;
  /** Node's `code` or one of ours; matched exactly, or as a prefix when it ends in `_`. */
  readonly errno?: readonly string[];
  readonly status?: readonly number[];
  /** In the HTTP reason phrase. */
  readonly phrase?: RegExp;
  /** In the request: method, a space and the path. */
  readonly request?: RegExp;
  /** Another endpoint may do better. */
  readonly elsewhere?: true;
  readonly says: (failure: Failure, found: RegExpExecArray | null) => string;
  readonly hint?: string | ((failure: Failure, found: RegExpExecArray | null) => string);
}

/** The request in a sentence, such as `GET /version`. */
export function asked({ call }: Failure): string {
  return `${call.method} ${call.path}`;
}

/** Proxmox VE's own words, in a sentence. */
export function refused(failure: Failure): string {
  return `Proxmox VE refused ${asked(failure)}: ${ended(failure.text)}`;
}

/** Words of Proxmox VE as the end of a sentence: some have a full stop or a question mark of their own. */
export function ended(text: string): string {
  const words = text.trim();
  return /[.?!]$/.test(words) ? words : `${words}.`;
}

/** The faults of single parameters, in one line; empty when there are none. */
export function fieldList({ fields }: Failure): string {
  return Object.entries(fields)
    .map(([name, text]) => `${name}: ${text.trim()}`)
    .join('; ');
}

/** Where the user looks. */
export const IN_CONFIG = 'in `cluster` of the configuration';
