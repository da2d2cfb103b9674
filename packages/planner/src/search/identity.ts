import type { Plan } from '@ballast/core';

const OFFSET = [0xcbf29ce4, 0x84222325] as const;
/** The prime is 2^40 plus this. */
const PRIME = 0x1b3;

/**
 * Names a plan by what it does: the same steps, blockers and unresolved nodes give the same id, whenever and on
 * whatever figures they were decided.
 */
export function planId({ steps, blocked, unresolved }: Pick<Plan, 'steps' | 'blocked' | 'unresolved'>): string {
  const content = [
    steps.map(({ guest, from, to, mode, reason }) => [guest, from, to, mode, reason]),
    blocked.map(({ guest, code }) => [guest, code]),
    unresolved.map(({ node }) => node),
  ];
  return fnv1a(JSON.stringify(content));
}

/** 64-bit FNV-1a over the text's UTF-16 code units, as 16 hexadecimal digits (http://www.isthe.com/chongo/tech/comp/fnv). */
function fnv1a(text: string): string {
  // In two halves of 32 bits: big integers take ten times as long.
  let [high, low]: [number, number] = [...OFFSET];
  for (let i = 0; i < text.length; i++) {
    low = (low ^ text.charCodeAt(i)) >>> 0;
    const product = low * PRIME;
    high = (Math.imul(high, PRIME) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}
