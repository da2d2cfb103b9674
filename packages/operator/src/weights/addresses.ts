import type { Clock, ClusterSource, GuestId, Instant, Milliseconds, WeightTable } from '@ballast/core';

/** Addresses change seldom and cost a request per guest: they are read again after this time. */
const KEEP: Milliseconds = 5 * 60_000;

/** Remembers the addresses of members. */
export class AddressBook {
  readonly #source: Pick<ClusterSource, 'addresses'>;
  readonly #clock: Clock;
  readonly #known = new Map<GuestId, { readonly addresses: readonly string[]; readonly readAt: Instant }>();

  constructor(source: Pick<ClusterSource, 'addresses'>, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The table with each member's first address filled in where one is known. */
  async fill(table: WeightTable, signal?: AbortSignal): Promise<WeightTable> {
    const members = table.services.flatMap((service) => service.members.map(({ member }) => member.guest));
    const now = this.#clock.now();
    const wanted = [...new Set(members)].filter((guest) => (this.#known.get(guest)?.readAt ?? -KEEP) <= now - KEEP);
    if (wanted.length > 0) {
      const found = await this.#source.addresses(wanted, signal === undefined ? {} : { signal });
      for (const guest of wanted) this.#known.set(guest, { addresses: found[guest] ?? [], readAt: now });
    }
    return {
      ...table,
      services: table.services.map((service) => ({
        ...service,
        members: service.members.map((entry) => {
          const address = this.#known.get(entry.member.guest)?.addresses[0];
          return address === undefined ? entry : { ...entry, member: { ...entry.member, address } };
        }),
      })),
    };
  }
}
