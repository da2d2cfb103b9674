import type { Config, TargetConfig } from '@ballast/config';
import { type Clock, describeError, type HistoryStore, type WeightTarget } from '@ballast/core';
import { connectProxmox, type ProxmoxCluster, type ProxmoxOptions } from '@ballast/proxmox';
import { fileHistoryStore } from '@ballast/store';
import { flowManagerTarget, haproxyTarget, ryuTarget } from '@ballast/targets';

/** The drivers that a configuration names. */
export interface Wired {
  readonly cluster: ProxmoxCluster;
  readonly targets: readonly WeightTarget[];
  readonly store: HistoryStore;
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
  const cluster = connectProxmox({
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
  });
  const targets = config.targets.map((target) => wireTarget(target, clock));
  const store = fileHistoryStore({
    directory: config.state.directory,
    onProblem: (problem) => warn(describeError(problem)),
  });
  return {
    cluster,
    targets,
    store,
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
