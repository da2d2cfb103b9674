import { BallastError } from '@ballast/core';

/** Fingerprints as 64 hexadecimal digits in upper case. @throws {BallastError} `proxmox-option` */
export function parseFingerprint(text: string): string {
  const digits = text
    .replace(/^sha-?256[: ]/i, '')
    .replaceAll(/[:\s]/g, '')
    .toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return digits;
  throw new BallastError(
    'proxmox-option',
    `Expected a SHA-256 fingerprint of 64 hexadecimal digits, got ${JSON.stringify(text)}.`,
    { hint: 'Read it on the node with `pvenode cert info`.' },
  );
}

/** `AB:CD:...`, as Proxmox VE shows it. */
export function showFingerprint(digits: string): string {
  return digits.match(/../g)?.join(':') ?? digits;
}
