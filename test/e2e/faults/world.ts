import { changeGuest, changeNode, demoWorld, type World } from '@ballast/pve-simulator';

/** Who Ballast signs in as where it has no token. */
export const BALLAST = { name: 'ballast@pve', password: 'a password of its own' } as const;
/** A migration of some 20 s: long enough for something to happen in it. */
const BANDWIDTH = 180_000_000;
const DIRTY_RATE = 4_000_000;
/** Of the 8 vCPUs of a guest; with the core that traffic asks for, 3.8: two have to leave the node of 16. */
const OWN_WORK = 2.8 / 8;

/** The shop of the demo, its first node so hot that relief takes two migrations, one after the other. */
export function hotShop(bandwidth = BANDWIDTH): World {
  const shop = demoWorld(1);
  const slow = shop.nodes.reduce((world, { name }) => changeNode(world, name, (node) => ({ ...node, bandwidth })), {
    ...shop,
    settings: { ...shop.settings, dirtyRatePerCore: DIRTY_RATE },
  } as World);
  return [101, 102, 103, 104].reduce(
    (world, id) => changeGuest(world, id, (guest) => ({ ...guest, demand: { kind: 'constant', ratio: OWN_WORK } })),
    slow,
  );
}
