const MASK64 = (1n << 64n) - 1n;
/** The offset basis 0xcbf29ce484222325 in two halves; the prime is 2 ** 40 + FNV_LOW. */
const FNV_HIGH_HALF = 0xcbf29ce4;
const FNV_LOW_HALF = 0x84222325;
const FNV_LOW = 0x1b3;
const encoder = new TextEncoder();

/**
 * 64 bits of hash of a text: FNV-1a over its UTF-8 bytes, then the finalizer of MurmurHash3 (fmix64), because FNV alone
 * hardly mixes its upper bits for texts that differ in their last letters. Both are public domain. Every controller
 * gets the same number for the same text, on every machine: tables, cookies and ids are made of it.
 */
export function hash64(text: string): bigint {
  // In halves of 32 bits: big integers for each byte would cost ten times as much.
  let high = FNV_HIGH_HALF;
  let low = FNV_LOW_HALF;
  for (const byte of encoder.encode(text)) {
    low = (low ^ byte) >>> 0;
    const product = low * FNV_LOW;
    high = (Math.imul(high, FNV_LOW) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  let hash = (BigInt(high) << 32n) | BigInt(low);
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & MASK64;
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK64;
  return hash ^ (hash >> 33n);
}
