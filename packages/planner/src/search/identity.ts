import type { Plan } from '@ballast/core';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

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
  let hash = OFFSET;
  for (let i = 0; i < text.length; i++) {
    hash = ((hash ^ BigInt(text.charCodeAt(i))) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, '0');
}
