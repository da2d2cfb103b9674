import type {
  Clock,
  ClusterSource,
  GuestId,
  Instant,
  MemberWeight,
  Milliseconds,
  Service,
  WeightTable,
} from '@ballast/core';

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

  /**
   * The table with an address of each member filled in where one is known: the first of its VIP's family, which a flow
   * manager asks for, or the first of all.
   */
  async fill(table: WeightTable, services: readonly Service[], signal?: AbortSignal): Promise<WeightTable> {
    const members = table.services.flatMap((service) => service.members.map(({ member }) => member.guest));
    const now = this.#clock.now();
    const wanted = [...new Set(members)].filter((guest) => (this.#known.get(guest)?.readAt ?? -KEEP) <= now - KEEP);
    if (wanted.length > 0) {
      const found = await this.#source.addresses(wanted, signal === undefined ? {} : { signal });
      for (const guest of wanted) this.#known.set(guest, { addresses: found[guest] ?? [], readAt: now });
    }
    return {
      ...table,
      services: table.services.map((weights) => {
        const vip = services.find(({ name }) => name === weights.service)?.vip?.address;
        return { ...weights, members: weights.members.map((entry) => this.#filled(entry, vip)) };
      }),
    };
  }

  #filled(entry: MemberWeight, vip: string | undefined): MemberWeight {
    const addresses = this.#known.get(entry.member.guest)?.addresses ?? [];
    const fitting = addresses.find((one) => vip === undefined || isIpv6(one) === isIpv6(vip));
    const address = fitting ?? addresses[0];
    return address === undefined ? entry : { ...entry, member: { ...entry.member, address } };
  }
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
