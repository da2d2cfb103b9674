import { clamp, GIB } from '@ballast/core';
import { nodeSampleOf } from '../world/publish.ts';
import { nodeOf, type WorldNode } from '../world/world.ts';
import { digestOfValue } from './digest.ts';
import { died } from './refusal.ts';
import { ROOT_SIZE } from './resources.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** What a node says of itself. */
export const nodeHandlers: Handlers = {
  'GET /nodes/{node}/status': status,
  'GET /nodes/{node}/time': time,
  'GET /nodes/{node}/config': (call) => ({ data: { digest: digestOfValue(nodeOfPath(call).name) } }),
  'GET /nodes/{node}/capabilities/qemu/migration': (call) => {
    nodeOfPath(call);
    return { data: { 'has-dbus-vmstate': 1 } };
  },
};

/** The node that a path names. */
export function nodeOfPath({ world, params }: Call): WorldNode {
  const node = nodeOf(world, params.text('node'));
  if (node === undefined) throw died(`no such cluster node '${params.text('node')}'`);
  return node;
}

/** Unlike the lists it is read at the moment of asking. */
function status(call: Call): Answer {
  const node = nodeOfPath(call);
  const sample = nodeSampleOf(call.world, node);
  const { activity } = node;
  const free = Math.round(node.memory - activity.memoryUsed);
  const load = clamp(activity.asked, 0, node.cores * 4).toFixed(2);
  return {
    data: {
      cpu: sample?.cpu ?? activity.granted / node.cores,
      cpuinfo: cpuinfo(node),
      wait: 0,
      idle: 0,
      loadavg: [load, load, load],
      memory: { total: node.memory, used: node.memory - free, free, available: free },
      swap: { total: 8 * GIB, used: 0, free: 8 * GIB },
      ksm: { shared: 0 },
      rootfs: {
        total: ROOT_SIZE,
        used: Math.round(ROOT_SIZE / 6),
        free: ROOT_SIZE - Math.round(ROOT_SIZE / 6),
        avail: ROOT_SIZE - Math.round(ROOT_SIZE / 6),
      },
      uptime: Math.floor((call.world.now - node.bootedAt) / 1000),
      kversion: `Linux ${KERNEL.release} ${KERNEL.version}`,
      'current-kernel': KERNEL,
      pveversion: `pve-manager/${node.version ?? call.world.version}/5d1a0c3b8e7f4a26`,
      'boot-info': { mode: 'efi', secureboot: 0 },
    },
  };
}

const KERNEL = {
  sysname: 'Linux',
  release: '6.17.2-1-pve',
  version: '#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1',
  machine: 'x86_64',
} as const;

const FLAGS =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat svm lm pni ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c abm bmi1 avx2 bmi2';

function cpuinfo(node: WorldNode): Readonly<Record<string, unknown>> {
  const sockets = node.cores >= 32 ? 2 : 1;
  return {
    cpus: node.cores,
    cores: Math.max(1, Math.floor(node.cores / 2)),
    sockets,
    model: node.cpuModel ?? 'AMD EPYC 9354 32-Core Processor',
    mhz: '3250.000',
    user_hz: 100,
    hvm: '1',
    flags: node.cpuFlags ?? FLAGS,
  };
}

/** The node's own clock: in UTC, and as the wall shows it. */
function time(call: Call): Answer {
  const seconds = Math.floor((call.world.now + (nodeOfPath(call).clockSkew ?? 0)) / 1000);
  return { data: { time: seconds, localtime: seconds, timezone: 'UTC' } };
}
