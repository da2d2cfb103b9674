import type { Config, TargetConfig } from '@ballast/config';
import { type Clock, type Diagnosis, describeError, type HistoryStore, type WeightTarget } from '@ballast/core';
import {
  connectProxmox,
  type DoctorQuestion,
  examineProxmox,
  type ProxmoxCluster,
  type ProxmoxOptions,
} from '@ballast/proxmox';
import { fileHistoryStore } from '@ballast/store';
import { flowManagerTarget, haproxyTarget, ryuTarget } from '@ballast/targets';

/** The drivers that a configuration names. */
export interface Wired {
  readonly cluster: ProxmoxCluster;
  readonly targets: readonly WeightTarget[];
  readonly store: HistoryStore;
  /** Examines the cluster, and what the credentials may do there, over connections of its own; it only reads. */
  examine(question: DoctorQuestion): Promise<Diagnosis>;
  close(): Promise<void>;
}

export interface WireOptions {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly onRequest?: ProxmoxOptions['onRequest'];
}

/** Makes the drivers that a configuration names. Does no I/O. */
export function wire(config: Config, options: WireOptions): Wired {
  const { clock, warn, onRequest } = options;
  const { name, endpoints, auth, tls, timeout, retries, tagPrefixes, migration } = config.cluster;
  const proxmox: ProxmoxOptions = {
    cluster: name,
    endpoints,
    auth,
    tls,
    timeout,
    retries,
    tagPrefixes,
    migration,
    clock,
    // Jitter only has to differ between operators; nothing that is decided depends on it.
    random: Math.random,
    warn,
    ...(onRequest === undefined ? {} : { onRequest }),
  };
  const cluster = connectProxmox(proxmox);
  const targets = config.targets.map((target) => wireTarget(target, clock));
  const store = fileHistoryStore({
    directory: config.state.directory,
    onProblem: (problem) => warn(describeError(problem)),
  });
  return {
    cluster,
    targets,
    store,
    examine: (question) => examineProxmox(proxmox, question),
    close: async () => {
      await Promise.allSettled([...targets.map((target) => target.close()), cluster.close()]);
    },
  };
}

function wireTarget(target: TargetConfig, clock: Clock): WeightTarget {
  switch (target.kind) {
    case 'haproxy': {
      const { kind: _, ...options } = target;
      return haproxyTarget({ ...options, clock });
    }
    case 'flow-manager': {
      const { kind: _, ...options } = target;
      return flowManagerTarget({ ...options, clock });
    }
    case 'ryu': {
      const { kind: _, ...options } = target;
      return ryuTarget({ ...options, clock });
    }
  }
}
