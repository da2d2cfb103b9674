const MASK64 = (1n << 64n) - 1n;
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const encoder = new TextEncoder();

/**
 * 64 bits of hash of a text: FNV-1a over its UTF-8 bytes, then the finalizer of MurmurHash3 (fmix64), because FNV alone
 * hardly mixes its upper bits for texts that differ in their last letters. Both are public domain. Every controller
 * gets the same number for the same text, on every machine: tables, cookies and ids are made of it.
 */
export function hash64(text: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of encoder.encode(text)) hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & MASK64;
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & MASK64;
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK64;
  return hash ^ (hash >> 33n);
}
