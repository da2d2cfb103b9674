import type { LEASE_FAULTS, OPERATOR_FAULTS, ORDER_FAULTS } from '../../scenario/fault.ts';
import type { Strike } from './stage.ts';

type Kind = (typeof OPERATOR_FAULTS | typeof ORDER_FAULTS | typeof LEASE_FAULTS)[number];

/** What befalls operators, and what is ordered. Those of single calls strike where the calls are made. */
export const OPERATOR_STRIKES: Readonly<Record<Exclude<Kind, 'crash-at-call' | 'stop-at-request'>, Strike>> = {
  crash: (fault, simulation) => {
    const process = simulation.hostOf(fault).process;
    if (process !== undefined) simulation.crash(process, fault);
    return undefined;
  },
  stop: (fault, simulation) => {
    simulation.hostOf(fault).process?.stop(fault.lasts);
    return undefined;
  },
  'clock-jump': (fault, simulation) => {
    const { process } = simulation.hostOf(fault);
    if (process === undefined) return undefined;
    process.skew += fault.lasts;
    simulation.jumped += Math.abs(fault.lasts);
    return undefined;
  },
  'order-pause': (_, { disk, agenda }) => {
    disk.orders = { ...disk.orders, pause: { since: agenda.now, by: 'admin', weights: false } };
    return () => {
      disk.orders = { drains: disk.orders.drains };
    };
  },
  'order-drain': ({ node }, { disk, agenda, healedAt }) => {
    const others = disk.orders.drains.filter((drain) => drain.node !== node);
    disk.orders = { ...disk.orders, drains: [...others, { node, since: agenda.now, by: 'admin' }] };
    return () => {
      healedAt.set(node, agenda.now);
      disk.orders = { ...disk.orders, drains: disk.orders.drains.filter((drain) => drain.node !== node) };
    };
  },
  'lease-lost': (_, stage) => {
    stage.disk.lease = undefined;
    stage.leaseLostAt = stage.agenda.now;
    return undefined;
  },
  'lease-unreachable': (_, { calls }) => {
    calls.leaseAway += 1;
    return () => {
      calls.leaseAway -= 1;
    };
  },
};
