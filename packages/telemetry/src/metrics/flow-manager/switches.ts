import type { Registry } from 'prom-client';
import { gauge } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';
import { type FlowManagerReading, SWITCH_ROLES } from './reading.ts';

/** Returns what writes the switches of a reading. One that is no longer connected leaves no gauge behind. */
export function switchMetrics(registry: Registry): (reading: FlowManagerReading) => void {
  const connected = gauge(registry, NAMES.switches);
  const info = gauge(registry, NAMES.switchInfo);
  const settled = gauge(registry, NAMES.switchSettled);
  const carried = gauge(registry, NAMES.switchVersion);
  const rows = gauge(registry, NAMES.switchRows);

  return ({ switches, version }) => {
    for (const metric of [connected, info, settled, carried, rows]) metric.reset();
    for (const role of SWITCH_ROLES) connected.set({ role }, switches.filter((one) => one.role === role).length);
    for (const one of switches) {
      info.set({ switch: one.id, role: one.role, openflow: one.openflow }, 1);
      if (one.carries !== undefined) carried.set({ switch: one.id }, one.carries);
      if (one.rows !== undefined) {
        rows.set({ switch: one.id, kind: 'flow' }, one.rows.flows);
        rows.set({ switch: one.id, kind: 'group' }, one.rows.groups);
      }
      // A slave's switch is the master's to keep.
      if (one.role === 'slave') continue;
      settled.set({ switch: one.id }, one.problem === undefined && one.carries === version ? 1 : 0);
    }
  };
}
