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
  leaves: (asked, evidence) =>
    asked.request.late ? undefined : staleness(asked.by, evidence, `asks for ${asked.guest}`),
  weighs: (process, _, evidence) => staleness(process.name, evidence, 'pushes weights'),
};

function staleness(by: string, evidence: Evidence, does: string): string | undefined {
  const { resources, quorate, since } = evidence.known(by);
  if (resources === undefined) return `${by} ${does} and has never looked at the cluster`;
  const age = evidence.now - resources.at;
  if (age > LOOK + ownSlack(LOOK)) return `${by} ${does} on a look that is ${age} ms old`;
  // How old figures are is seen by watching them move: a process that has just begun has to watch first.
  const watched = Math.min(resources.oldest, resources.at - since);
  if (watched > FIGURES + ownSlack(FIGURES)) return `${by} ${does} on figures that were ${resources.oldest} ms old`;
  return quorate ? undefined : `${by} ${does} and was told that there is no quorum`;
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
