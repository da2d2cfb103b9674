import type { Milliseconds } from '@ballast/core';
import type { Asked, Evidence } from './evidence.ts';
import type { Judge } from './judge.ts';
import { ownSlack } from './rest.ts';

/** A step rests on a look at the cluster of the last minute, and weights do. */
const LOOK: Milliseconds = 61_000;
/** Figures had moved within a minute, a round and a cycle of pvestatd, when they were looked at: that they stand still is seen by looking twice. */
const FIGURES: Milliseconds = 111_000;
/** Proxmox VE's own word on a step is newer than this when its request leaves; draining and saving take their time. */
const WORD: Milliseconds = 90_000;

/** No step on a look at the cluster that is old, or on old figures, or without quorum. */
export const freshness: Judge = {
  leaves: ({ by, guest, request }, evidence) => {
    if (request.late) return undefined;
    const does = `${by} asks for ${guest}`;
    return staleness(by, evidence, does) ?? (evidence.known(by).quorate ? undefined : `${does} ${NO_QUORUM}`);
  },
  weighs: ({ name }, _, evidence) => {
    const does = `${name} pushes weights`;
    return staleness(name, evidence, does) ?? (evidence.known(name).quorate ? undefined : `${does} ${NO_QUORUM}`);
  },
};

const NO_QUORUM = 'and was told that there is no quorum';

function staleness(by: string, evidence: Evidence, does: string): string | undefined {
  const { resources, online, since } = evidence.known(by);
  if (resources === undefined) return `${does} and has never looked at the cluster`;
  const age = evidence.now - resources.at;
  if (age > LOOK + ownSlack(LOOK)) return `${does} on a look that is ${age} ms old`;
  // Nothing is made of the figures of a node that was told to be offline.
  const oldest = Math.max(0, ...[...resources.ages].map(([name, time]) => (online.has(name) ? time : 0)));
  // How old figures are is seen by watching them move: a process that has just begun has to watch first.
  const watched = Math.min(oldest, resources.at - since);
  return watched > FIGURES + ownSlack(FIGURES) ? `${does} on figures that were ${oldest} ms old` : undefined;
}

/** Proxmox VE was asked right before, and had nothing against it. */
export const preconditions: Judge = {
  leaves: ({ by, guest, from, to, request }: Asked, evidence) => {
    const word = evidence.known(by).preconditions.get(guest);
    if (word === undefined || word.node !== from) return `${by} asks for ${guest} without asking for its preconditions`;
    const age = evidence.now - word.at;
    if (age > WORD && !request.late) return `${by} asks for ${guest} on preconditions that are ${age} ms old`;
    if (word.status !== 200) return `${by} asks for ${guest}, whose preconditions were refused`;
    if (word.refused.has(to)) return `${by} asks for ${guest} to move to ${to}, which its preconditions do not allow`;
    // Each step is asked about anew.
    evidence.known(by).preconditions.delete(guest);
    return undefined;
  },
};
