// Chance that depends on what is asked alone: every policy meets the same noise, whatever it did before.

/** A normally distributed number of mean 0 and standard deviation 1: Box and Muller's transform of two hashed numbers. */
export function noiseOf(seed: number, a: number, b: number): number {
  const u = Math.max(1e-12, hashed(seed, a, b, 1));
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * hashed(seed, a, b, 2));
}

/** A number 0 <= n < 1: the finalizer of MurmurHash3 over the four numbers. */
function hashed(...numbers: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const number of numbers) {
    h = Math.imul(h ^ number, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return (h >>> 0) / 2 ** 32;
}
