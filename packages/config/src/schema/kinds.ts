/** Options that are of some kinds of targets alone. What every kind has (name, kind, timeout) is in none of the lists. */
export interface KindKeys {
  /** Of the target: it does not go without. With what is expected there. */
  readonly needs: Readonly<Record<string, string>>;
  readonly takes: readonly string[];
  /** Of a service at it. */
  readonly carrierNeeds: Readonly<Record<string, string>>;
  readonly carrierTakes: readonly string[];
}

export const KINDS = ['haproxy', 'flow-manager', 'ryu'] as const;

export type Kind = (typeof KINDS)[number];

const URL_EXPECTED = 'the URL of its REST API';

/** What each kind of target has, for the checks and the schema of editors alike. */
export const KEYS: Readonly<Record<Kind, KindKeys>> = {
  haproxy: {
    needs: { socket: 'the path of a socket, or HOST:PORT' },
    takes: ['match', 'backend', 'server', 'overrides'],
    carrierNeeds: {},
    carrierTakes: ['backend', 'server', 'overrides'],
  },
  'flow-manager': {
    needs: { url: URL_EXPECTED },
    takes: ['token', 'manage'],
    carrierNeeds: {},
    carrierTakes: ['service', 'manage'],
  },
  ryu: {
    needs: { url: URL_EXPECTED, datapaths: 'the datapath ids of its switches' },
    takes: ['token'],
    carrierNeeds: { group: 'the id of the SELECT group that carries it' },
    carrierTakes: ['datapaths', 'buckets'],
  },
};

/** For editors: by its kind, what a target needs, and that it has nothing of the others. */
export function kindVariants(): readonly object[] {
  const all = KINDS.flatMap(keysOf);
  return KINDS.map((kind) => {
    const own = keysOf(kind);
    const foreign = [...new Set(all)].filter((key) => !own.includes(key));
    return {
      properties: { kind: { const: kind }, ...Object.fromEntries(foreign.map((key) => [key, false])) },
      required: Object.keys(KEYS[kind].needs),
    };
  });
}

/** Keys of a target that not every kind has. */
export function keysOf(kind: Kind): readonly string[] {
  return [...Object.keys(KEYS[kind].needs), ...KEYS[kind].takes];
}

/** Keys of a service at a target that not every kind has. */
export function carrierKeysOf(kind: Kind): readonly string[] {
  return [...Object.keys(KEYS[kind].carrierNeeds), ...KEYS[kind].carrierTakes];
}
