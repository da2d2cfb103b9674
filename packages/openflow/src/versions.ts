import { OpenFlowError } from './errors.ts';

/** Wire numbers of the versions, OpenFlow 1.5.1 section 7.1.1. */
export const OFP10_VERSION = 0x01;
export const OFP13_VERSION = 0x04;
export const OFP14_VERSION = 0x05;
export const OFP15_VERSION = 0x06;

/** A version that this codec speaks. */
export type Version = typeof OFP13_VERSION | typeof OFP14_VERSION | typeof OFP15_VERSION;

/** What this codec speaks, lowest first. */
export const VERSIONS: readonly Version[] = [OFP13_VERSION, OFP14_VERSION, OFP15_VERSION];

/** What a peer said of itself: the header's version, and the bitmap of its hello where it sent one. */
export interface PeerVersions {
  readonly version: number;
  readonly versions?: readonly number[];
}

/**
 * The version that two hellos agree on, `undefined` if none (OpenFlow 1.5.1 section 6.3.1): with two bitmaps the
 * highest that both hold; with a bitmap missing the smaller of the two header versions, if we speak it.
 */
export function negotiate(ours: readonly Version[], peer: PeerVersions): Version | undefined {
  const spoken = ours.toSorted((a, b) => b - a);
  if (peer.versions !== undefined) return spoken.find((version) => peer.versions?.includes(version));
  const highest = spoken[0];
  if (highest === undefined) return undefined;
  const agreed = Math.min(highest, peer.version);
  return spoken.find((version) => version === agreed);
}

/** The number as a version of ours. Throws `unsupported-version`. */
export function versionOf(wire: number, offset?: number): Version {
  if (wire === OFP13_VERSION || wire === OFP14_VERSION || wire === OFP15_VERSION) return wire;
  throw new OpenFlowError('unsupported-version', `Expected OpenFlow version 4, 5 or 6, got ${wire}`, offset);
}
