import { codeOf } from '@ballast/core';
import type { BalancerEvents } from '@ballast/flow-manager';
import type { FlowManagerMetrics, Logger } from '@ballast/telemetry';

/** Failures that end an attempt to bring a switch to what is wanted. */
const RECONCILIATION = /^(switch-(row-refused|bundle-refused|read-back|is-slave)|desired-|channel-timeout)/;

/** What happens, in the log and in the metrics. */
export function tellEvents(log: Logger, metrics: FlowManagerMetrics): BalancerEvents {
  return {
    connected(id, peer) {
      metrics.recordConnected(id);
      log.info({ switch: id, peer }, 'switch connected');
    },
    disconnected(id, reason, last) {
      metrics.recordDisconnected(reason, { id, ...last });
      // By its own stop, that is.
      const level = codeOf(reason) === 'channel-closed' ? 'info' : 'warn';
      log[level]({ switch: id, err: reason }, 'switch disconnected');
    },
    reconciled(id, outcome, took) {
      metrics.recordReconciliation(outcome, took);
      const { changes, displaced } = outcome;
      log.debug({ switch: id, changes: changes.length, took }, 'switch brought to what is wanted');
      if (displaced.length > 0) log.warn({ switch: id, displaced }, 'flows of others had to give up their places');
    },
    failed(error, id) {
      metrics.recordFailure(error);
      if (RECONCILIATION.test(codeOf(error))) metrics.recordReconciliationFailed();
      log.warn({ ...(id !== undefined && { switch: id }), err: error }, 'a failure, which is tried again');
    },
    role(id, role) {
      log.warn({ switch: id, role }, 'another controller leads at the switch');
    },
    health({ key }, { state, reason }) {
      if (state === 'unknown') return;
      // A key is the service's name and the member's endpoint.
      const end = key.lastIndexOf(' ');
      const [service, member] = [key.slice(0, end), key.slice(end + 1).replace('|', ' port ')];
      metrics.recordHealth(service, state);
      log[state === 'up' ? 'info' : 'warn'](
        { service, member, ...(reason !== undefined && { reason }) },
        `member ${state}`,
      );
    },
  };
}
