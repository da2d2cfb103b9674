import type { Config, TargetConfig } from '@ballast/config';
import type { Clock, Diagnosis, HistoryStore, OrderStore, WeightTarget } from '@ballast/core';
import {
  connectProxmox,
  type DoctorQuestion,
  examineProxmox,
  type ProxmoxCluster,
  type ProxmoxOptions,
} from '@ballast/proxmox';
import { flowManagerTarget, haproxyTarget, ryuTarget } from '@ballast/targets';
import { type Kept, keep, type Shared } from './shared.ts';

/** The drivers that a configuration names. */
export interface Wired {
  readonly cluster: ProxmoxCluster;
  readonly targets: readonly WeightTarget[];
  readonly store: HistoryStore;
  /** What a person has ordered. */
  readonly orders: OrderStore;
  /** Where one program alone may keep the history: takes its place. */
  readonly hold?: Kept['hold'];
  /** Where several operators share the history: one of them leads. */
  readonly shared?: Shared;
  /** Examines the cluster, and what the credentials may do there, over connections of its own; it only reads. */
  examine(question: DoctorQuestion): Promise<Diagnosis>;
  close(): Promise<void>;
}

export interface WireOptions {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly onRequest?: ProxmoxOptions['onRequest'];
  readonly onPutOff?: ProxmoxOptions['onPutOff'];
  /** The token that this program leads under, for load balancers that tell leaders apart. */
  readonly fencing?: () => bigint;
}

/** Makes the drivers that a configuration names. Does no I/O. */
export function wire(config: Config, options: WireOptions): Wired {
  const { clock, warn, onRequest, onPutOff } = options;
  const { name, endpoints, auth, tls, timeout, retries, requestsPerRound, tagPrefixes, migration } = config.cluster;
  const proxmox: ProxmoxOptions = {
    cluster: name,
    endpoints,
    auth,
    tls,
    timeout,
    retries,
    requestsPerRound,
    tagPrefixes,
    labels: config.labels,
    migration,
    clock,
    // Jitter only has to differ between operators; nothing that is decided depends on it.
    random: Math.random,
    warn,
    onRequest,
    onPutOff,
  };
  const cluster = connectProxmox(proxmox);
  const targets = config.targets.map((target) => wireTarget(target, options));
  const kept = keep(config, warn);
  return {
    cluster,
    targets,
    store: kept.store,
    orders: kept.orders,
    ...(kept.hold === undefined ? {} : { hold: kept.hold }),
    ...(kept.shared === undefined ? {} : { shared: kept.shared }),
    examine: (question) => examineProxmox(proxmox, question),
    close: async () => {
      await Promise.allSettled([...targets.map((target) => target.close()), cluster.close()]);
      kept.close();
    },
  };
}

function wireTarget(target: TargetConfig, { clock, fencing }: WireOptions): WeightTarget {
  switch (target.kind) {
    case 'haproxy': {
      const { kind: _, ...options } = target;
      return haproxyTarget({ ...options, clock });
    }
    case 'flow-manager': {
      const { kind: _, ...options } = target;
      return flowManagerTarget({ ...options, clock, ...(fencing === undefined ? {} : { fencing }) });
    }
    case 'ryu': {
      const { kind: _, ...options } = target;
      return ryuTarget({ ...options, clock });
    }
  }
}
