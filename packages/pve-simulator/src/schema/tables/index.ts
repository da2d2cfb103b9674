import { type Description, readTable } from '../endpoint.ts';
import { accessTable } from './access.ts';
import { agentTable } from './agent.ts';
import { backupTable } from './backup.ts';
import { bulkTable } from './bulk.ts';
import { clusterTable } from './cluster.ts';
import { configTable } from './config.ts';
import { guestsTable } from './guests.ts';
import { haTable } from './ha.ts';
import { mappingTable } from './mapping.ts';
import { migrateTable } from './migrate.ts';
import { nodesTable } from './nodes.ts';
import { poolsTable } from './pools.ts';
import { powerTable } from './power.ts';
import { replicationTable } from './replication.ts';
import { snapshotsTable } from './snapshots.ts';
import { storageTable } from './storage.ts';
import { tasksTable } from './tasks.ts';

/** Every method that is simulated, by its name such as `GET /nodes/{node}/status`. */
export const descriptions: ReadonlyMap<string, Description> = new Map(
  [
    accessTable,
    clusterTable,
    poolsTable,
    backupTable,
    replicationTable,
    haTable,
    bulkTable,
    nodesTable,
    tasksTable,
    storageTable,
    mappingTable,
    guestsTable,
    powerTable,
    configTable,
    migrateTable,
    snapshotsTable,
    agentTable,
  ]
    .flatMap(readTable)
    .map((description) => [description.name, description]),
);
