import {
  addUsage,
  type ClusterSnapshot,
  type Gain,
  type Guest,
  type Migration,
  type MigrationMode,
  type NodeName,
  subtractUsage,
  utilization,
} from '@ballast/core';

/** A migration that was found running, as the step it may have been: what was planned with it is not known any more. */
export function adoptedStep(guest: Guest, from: NodeName, to: NodeName, snapshot: ClusterSnapshot): Migration {
  return {
    guest: guest.id,
    guestName: guest.name,
    kind: guest.kind,
    from,
    to,
    mode: modeOf(guest),
    reason: 'adopted',
    why: [`${guest.name} was found on its way from ${from} to ${to}.`],
    gain: gainOf(guest, from, to, snapshot),
    cost: { bytes: guest.usage.memory, duration: 0, downtime: 0 },
  };
}

function modeOf({ kind, status }: Guest): MigrationMode {
  if (status !== 'running') return 'offline';
  return kind === 'qemu' ? 'live' : 'restart';
}

/** Both nodes with the guest on the one and on the other, by the newest figures. */
function gainOf({ usage, node: at }: Guest, from: NodeName, to: NodeName, { nodes }: ClusterSnapshot): Gain {
  const cpu = (name: NodeName, present: boolean): number => {
    const node = nodes.find((entry) => entry.name === name);
    if (node === undefined) return 0;
    const others = at === name ? subtractUsage(node.usage, usage) : node.usage;
    return utilization(present ? addUsage(others, usage) : others, node.capacity).cpu;
  };
  return {
    resource: 'cpu',
    fromBefore: cpu(from, true),
    fromAfter: cpu(from, false),
    toBefore: cpu(to, false),
    toAfter: cpu(to, true),
  };
}
