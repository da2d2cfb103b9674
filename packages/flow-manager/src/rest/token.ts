import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the header is `Bearer TOKEN`. Digests are compared, so that time tells not even the token's length. */
export function bears(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
