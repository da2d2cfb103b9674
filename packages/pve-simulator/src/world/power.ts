import type { GuestId } from '@ballast/core';
import { applyPending } from './options.ts';
import type { PowerAction } from './records.ts';
import { changeGuest, type World, type WorldGuest } from './world.ts';

/** The world after a guest was started, stopped, or the like. A new process counts from zero. */
export function withPower(world: World, id: GuestId, action: PowerAction): World {
  return changeGuest(world, id, (guest) => after(guest, action, world.now));
}

function after(guest: WorldGuest, action: PowerAction, now: number): WorldGuest {
  switch (action) {
    case 'start':
    case 'reboot':
      return started(applyPending(guest), now);
    case 'reset':
      return started(guest, now);
    case 'stop':
    case 'shutdown':
      return { ...applyPending(awake(guest)), status: 'stopped' };
    case 'suspend':
      return { ...guest, paused: true };
    case 'resume':
      return awake(guest);
  }
}

function started(guest: WorldGuest, now: number): WorldGuest {
  const activity = { ...guest.activity, coreTime: 0, netIn: 0, netOut: 0, diskRead: 0, diskWrite: 0 };
  return { ...awake(guest), status: 'running', startedAt: now, activity };
}

function awake({ paused: _paused, ...guest }: WorldGuest): WorldGuest {
  return guest;
}
