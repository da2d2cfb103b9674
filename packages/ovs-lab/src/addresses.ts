/** The network that the hosts of a fabric share. */
export interface FabricNetwork {
  /** Such as `10.9.0.0/24`. */
  readonly cidr: string;
  /** The IPv4 address of number `n`, 1 to 254. */
  address(n: number): string;
  /** The IPv6 address of the same number. */
  address6(n: number): string;
}

/** Where nobody outside can see it, every fabric has the same addresses. */
export const HIDDEN: FabricNetwork = networkOf('10.9.0', 'fd00:9');

/**
 * Networks of fabrics that this machine's own network is joined to. They are of the range for tests of network devices
 * (RFC 2544), which nothing else should be using.
 */
export function joinedNetwork(slot: number): FabricNetwork {
  return networkOf(`198.18.${slot}`, `fd00:9:${slot.toString(16)}`);
}

/** Ends of the cables between this machine and the switches of a fabric: four addresses for each. */
export function controlAddresses(slot: number, index: number): { readonly here: string; readonly there: string } {
  return { here: `198.19.${slot}.${index * 4 + 1}`, there: `198.19.${slot}.${index * 4 + 2}` };
}

function networkOf(prefix: string, prefix6: string): FabricNetwork {
  return { cidr: `${prefix}.0/24`, address: (n) => `${prefix}.${n}`, address6: (n) => `${prefix6}::${n}` };
}

export function macOf(n: number): string {
  const [high, low] = [Math.floor(n / 100), n % 100].map((part) => String(part).padStart(2, '0'));
  return `02:00:00:00:${high}:${low}`;
}
