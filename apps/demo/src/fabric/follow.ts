import type { GuestId, NodeName } from '@ballast/core';
import type { Fabric } from '@ballast/ovs-lab';
import type { HousedGuest } from './guests.ts';

const LOOK_EVERY = 50;

/** A guest whose host has gone to the bridge of another node. */
export interface Relocation {
  readonly guest: string;
  readonly from: NodeName;
  readonly to: NodeName;
}

/** Takes the hosts of guests along when the guests migrate, and lets them announce themselves as QEMU does. */
export class Follower {
  readonly relocations: Relocation[] = [];
  readonly #timer: NodeJS.Timeout;
  #moving: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(fabric: Fabric, guests: readonly HousedGuest[], nodeOf: (guest: GuestId) => NodeName | undefined) {
    const nodes = new Map(guests.map(({ guest }) => [guest, nodeOf(guest)]));
    this.#timer = setInterval(() => {
      for (const guest of guests) {
        const [from, to] = [nodes.get(guest.guest), nodeOf(guest.guest)];
        if (from === undefined || to === undefined || from === to) continue;
        nodes.set(guest.guest, to);
        this.#moving = this.#moving.then(() => this.#move(fabric, guest, from, to));
      }
    }, LOOK_EVERY);
  }

  /** @throws {Error} a host could not move; the cause says why */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#moving;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #move(fabric: Fabric, { host, name }: HousedGuest, from: NodeName, to: NodeName): Promise<void> {
    try {
      await fabric.move(host, to, fabric.at(host).port);
      await fabric.announce(host);
      this.relocations.push({ guest: name, from, to: fabric.at(host).bridge });
    } catch (error) {
      this.#failure ??= new Error(`The host of ${name} could not move from ${from} to ${to}.`, { cause: error });
    }
  }
}
