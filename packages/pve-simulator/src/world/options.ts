import { MIB } from '@ballast/core';
import type { OptionValue, WorldGuest } from './world.ts';

type Options = Readonly<Record<string, OptionValue>>;

/** The guest with its pending changes made. */
export function applyPending(guest: WorldGuest): WorldGuest {
  const { pending, ...rest } = guest;
  return pending === undefined ? guest : withOptions(rest, pending);
}

/** The guest with options changed at once. What the simulation knows by other names is kept in step. */
export function withOptions(guest: WorldGuest, changes: Options): WorldGuest {
  const counts = CPU_COUNTS.some((name) => name in changes);
  // The cores that were only derived until now are written down, or another number of sockets would change them.
  const pinned = counts && guest.kind === 'qemu' ? { cores: guest.vcpus } : {};
  let next: WorldGuest = { ...guest, options: { ...pinned, ...guest.options, ...changes } };
  for (const [name, value] of Object.entries(changes)) next = withOption(next, name, value);
  return counts ? { ...next, vcpus: vcpusOf(next) } : next;
}

const CPU_COUNTS = ['cores', 'sockets', 'vcpus'];

function withOption(guest: WorldGuest, name: string, value: OptionValue): WorldGuest {
  switch (name) {
    case 'name':
    case 'hostname':
      return value === null ? guest : { ...guest, name: String(value) };
    case 'memory':
      return { ...guest, memory: memoryOf(value) };
    case 'tags':
      return {
        ...guest,
        tags:
          value === null
            ? []
            : String(value)
                .split(/[;,\s]+/)
                .filter((tag) => tag !== ''),
      };
    case 'agent':
      return { ...guest, agent: /^(1|enabled=1)(,|$)/.test(String(value ?? '')) };
    default:
      return guest;
  }
}

/** In MiB, plainly or as `current=`. */
function memoryOf(value: OptionValue): number {
  const digits = /^(?:current=)?(\d+)/.exec(String(value ?? 512))?.[1];
  return Number(digits ?? 512) * MIB;
}

/** A virtual machine without a number has one core on one socket; a container without one has all of its node's. */
function vcpusOf(guest: WorldGuest): number {
  const { options = {}, vcpus, kind } = guest;
  const count = (name: string): number | undefined => {
    const value = options[name];
    return value === undefined || value === null ? undefined : Number(value);
  };
  if (kind === 'lxc') return count('cores') ?? vcpus;
  const cores = options['cores'] === null ? 1 : (count('cores') ?? vcpus);
  return count('vcpus') ?? cores * (count('sockets') ?? 1);
}
