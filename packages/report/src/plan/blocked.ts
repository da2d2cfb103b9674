import type { GuestId } from '@ballast/core';

interface NamedGuest {
  readonly guest: GuestId;
  /** Empty where it is not known. */
  readonly name: string;
}

/** `order-2 (104), payment-1 (105) and 7 more`: each guest once. */
export function guestNames(guests: readonly NamedGuest[], most: number): string {
  const unique = [...new Map(guests.map((guest) => [guest.guest, guest])).values()];
  const named = unique.slice(0, most).map(guestName);
  const rest = unique.length - named.length;
  return rest === 0 ? named.join(', ') : `${named.join(', ')} and ${rest} more`;
}

/** `order-2 (104)`. */
export function guestName({ guest, name }: NamedGuest): string {
  return name === '' ? String(guest) : `${name} (${guest})`;
}
