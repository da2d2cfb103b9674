import type { BlockedGuest } from './outline.ts';

/** `order-2 (104), payment-1 (105) and 7 more`: each guest once. */
export function guestNames(guests: readonly BlockedGuest[], most: number): string {
  const unique = [...new Map(guests.map((guest) => [guest.guest, guest])).values()];
  const named = unique.slice(0, most).map(({ guest, name }) => (name === '' ? String(guest) : `${name} (${guest})`));
  const rest = unique.length - named.length;
  return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${rest} more`;
}
