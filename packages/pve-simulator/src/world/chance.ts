/**
 * A number 0 <= n < 1 that depends on nothing but its keys (murmur3's finalizer, public domain).
 * Chance as a function of the time slot, instead of a generator's state, gives the same world however time is cut into steps.
 */
export function chance(seed: number, a: number, b = 0, c = 0): number {
  let hash = seed | 0;
  hash = mix(hash ^ Math.imul(a | 0, 0x9e3779b1));
  hash = mix(hash ^ Math.imul(b | 0, 0x85ebca6b));
  hash = mix(hash ^ Math.imul(c | 0, 0xc2b2ae35));
  return (hash >>> 0) / 4_294_967_296;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
