import type { ClusterTask, Guest, Instant, NodeName } from '@ballast/core';
import type { HaResource } from '../observe/ha.ts';
import type { Membership } from '../observe/membership.ts';
import type { PveVersion } from '../observe/version.ts';
import type { Endpoint } from '../options.ts';
import type { Row } from '../wire/fields.ts';
import type { GuestEvidence } from './guests/read.ts';
import type { Reading } from './reading.ts';
import type { Rights } from './rights/rights.ts';

/** What an entry point answered. */
export interface EndpointEvidence {
  readonly endpoint: Endpoint;
  readonly version: Reading<PveVersion>;
}

/** What a node that is online said of itself. */
export interface NodeEvidence {
  readonly name: NodeName;
  /** Its clock, in whole seconds, and when it was asked and had answered by ours. */
  readonly time: Reading<{ readonly time: Instant; readonly askedAt: Instant; readonly answeredAt: Instant }>;
  readonly version: Reading<PveVersion> | undefined;
  readonly status:
    | Reading<{ readonly uptime: number; readonly cpuModel: string; readonly readAt: Instant }>
    | undefined;
}

/** What the cluster as a whole answered. */
export interface ClusterEvidence {
  /** Of the first entry point that answered. */
  readonly version: PveVersion;
  readonly readAt: Instant;
  readonly rights: Reading<Rights>;
  /** What the user of a token has; undefined when that may not be seen, or there is no token. */
  readonly userRights: Rights | undefined;
  readonly membership: Reading<Membership>;
  readonly resources: Reading<readonly Row[]>;
  readonly tasks: Reading<readonly ClusterTask[]>;
  readonly options: Reading<Row>;
  readonly haResources: Reading<readonly HaResource[]>;
  readonly maintenance: Reading<ReadonlySet<NodeName>>;
  readonly replication: Reading<readonly Row[]>;
}

/** All that findings are made of. */
export interface Evidence extends ClusterEvidence {
  readonly endpoints: readonly EndpointEvidence[];
  /** Nodes that are online. */
  readonly nodes: readonly NodeEvidence[];
  /** All that the credentials may see. */
  readonly guests: readonly Guest[];
  /** Those that were looked at one by one. */
  readonly inspected: readonly GuestEvidence[];
  /** Guests that would have been looked at, had there not been too many. */
  readonly passedOver: number;
}
