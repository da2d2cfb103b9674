import type { Config } from './types.ts';
import { isLoopback } from './values/hosts.ts';

/** What is allowed and yet deserves a loud word, a sentence or two each. */
export function warningsOf(config: Config): readonly string[] {
  return [
    ...tlsWarnings(config),
    ...listenWarnings(config),
    ...serviceWarnings(config),
    ...vipWarnings(config),
    ...tokenWarnings(config),
  ];
}

function tlsWarnings({ cluster }: Config): readonly string[] {
  // A pinned fingerprint is checked all the same.
  if (cluster.tls.insecure !== true || cluster.tls.fingerprints !== undefined) return [];
  return [
    'cluster.tls.insecure is on: the certificates of the nodes are not verified, and whoever answers in their place ' +
      'gets the credentials. Set cluster.tls.ca or cluster.tls.fingerprint instead.',
  ];
}

function listenWarnings({ listen }: Config): readonly string[] {
  if (isLoopback(listen.host) || listen.token !== undefined) return [];
  return [
    `listen.host is ${listen.host}: anyone who reaches port ${listen.port} can read the metrics. ` +
      'Set listen.token, or listen on 127.0.0.1.',
  ];
}

function serviceWarnings({ services, targets }: Config): readonly string[] {
  const carried = new Set(services.flatMap((service) => service.carriers.map((carrier) => carrier.target)));
  return [
    ...services
      .filter((service) => service.carriers.length === 0)
      .map(({ name }) => `The service ${name} names no targets: its weights are decided and pushed nowhere.`),
    ...targets
      .filter((target) => !carried.has(target.name))
      .map(({ name }) => `No service is carried by the target ${name}: it gets no weights.`),
  ];
}

/** A VIP is made by a flow manager, and what belongs to one counts there alone. */
function vipWarnings({ services, targets }: Config): readonly string[] {
  const makes = new Set(targets.filter(({ kind }) => kind === 'flow-manager').map(({ name }) => name));
  return services.flatMap(({ name, vip, persistence, monitor, algorithm, carriers }) => {
    const made = carriers.some(({ target }) => makes.has(target));
    if (vip !== undefined)
      return made ? [] : [`The service ${name} has a vip, and no flow manager carries it: nobody makes it.`];
    const idle = [
      ...(algorithm === 'weighted' ? [] : ['algorithm']),
      ...(persistence === undefined ? [] : ['persistence']),
      ...(monitor === undefined ? [] : ['monitor']),
    ];
    if (idle.length === 0) return [];
    return [
      `The service ${name} states ${idle.join(', ')} without a vip: a flow manager makes no service without one.`,
    ];
  });
}

function tokenWarnings({ targets }: Config): readonly string[] {
  return targets.flatMap((target) => {
    if (target.kind === 'haproxy' || target.token === undefined) return [];
    const { protocol, hostname } = new URL(target.url);
    if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return [];
    return [`The token of the target ${target.name} crosses the network in the clear: let its url be an https one.`];
  });
}
