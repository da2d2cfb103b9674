import type { Ratio } from '@ballast/core';
import type { Fabric, Host, Program } from '@ballast/ovs-lab';
import { type Backend, meanResponseTime } from '../backends.ts';

/** Where the web servers of guests listen. */
const PORT = 80;
/** Number of the first guest's host. */
const FIRST_NUMBER = 11;
const TOLD_EVERY = 250;
const WEB = new URL('../../hosts/web.mjs', import.meta.url);

/** A guest of the simulated cluster that is a host of the fabric, at the bridge of its node, with a web server on it. */
export interface HousedGuest extends Backend {
  readonly host: Host;
  readonly program: Program;
}

export interface GuestToHouse {
  readonly id: number;
  readonly name: string;
  /** The bridge of its node. */
  readonly node: string;
}

/** @param busy utilization of a guest's node now; above 1 when more is asked for than there is */
export async function houseGuests(
  fabric: Fabric,
  guests: readonly GuestToHouse[],
  busy: (guest: number) => Ratio,
): Promise<readonly HousedGuest[]> {
  return Promise.all(guests.map((guest, index) => house(fabric, guest, FIRST_NUMBER + index, () => busy(guest.id))));
}

async function house(fabric: Fabric, guest: GuestToHouse, n: number, busy: () => Ratio): Promise<HousedGuest> {
  const { id, name, node } = guest;
  const host = await fabric.host(name, n, { bridge: node });
  const program = fabric.program(host, WEB, name, String(PORT));
  await program.line();
  let served = 0;
  program.listen((line) => {
    served = Number(/^served (\d+)$/.exec(line)?.[1] ?? served);
  });
  const tell = (): void => program.tell(`busy ${meanResponseTime(busy()).toFixed(2)}`);
  tell();
  const telling = setInterval(tell, TOLD_EVERY);
  return {
    guest: id,
    name,
    address: host.address,
    port: PORT,
    host,
    program,
    served: () => served,
    // The program ends with the fabric.
    close: async () => clearInterval(telling),
  };
}
