import type { NodeName } from '@ballast/core';
import type { Learned, LearnedBandwidth } from '../placement/learned.ts';
import type { PlacedGuest } from '../placement/placed.ts';
import { count, size, span } from './words.ts';

/** What the estimate of a step rests on, where past migrations taught it; none where it rests on the policy. */
export function learnedSentence(learned: Learned, placed: PlacedGuest, to: NodeName): readonly string[] {
  const { from } = placed.costTo(to).learned ?? {};
  const own = learned.guest(placed.id);
  if (from === 'guest' && own !== undefined) {
    const each = `${span(own.duration)} each at ${size(own.bandwidth)}/s`;
    return [`The last ${own.moves} migrations of ${placed.guest.name} took about ${each}.`];
  }
  const link = learned.bandwidth(placed.guest.node, to);
  if (from === undefined || link === undefined) return [];
  const seen = count(link.moves, 'migration');
  return [`The last ${seen} ${wordsOf(link, placed.guest.node, to)} ran at about ${size(link.bandwidth)}/s.`];
}

function wordsOf({ from: scope }: LearnedBandwidth, from: NodeName, to: NodeName): string {
  if (scope === 'link') return `from ${from} to ${to}`;
  return scope === 'node' ? `off ${from} or onto ${to}` : 'in the cluster';
}
