/** What is migrated, and what came of it. */
export const MIGRATION_METRICS = {
  migrations: {
    name: 'ballast_migrations_total',
    help: 'Migrations that ended, by reason and outcome; a skipped one was never started.',
    labels: ['reason', 'outcome'],
  },
  migrationsRunning: { name: 'ballast_migrations_running', help: 'Migrations that run now.', labels: [] },
  migrationsAdopted: {
    name: 'ballast_migrations_adopted_total',
    help: 'Migrations that were found running and are followed to their end, by what told that they are ours: history or identity.',
    labels: ['by'],
  },
  migrationsOverdue: {
    name: 'ballast_migrations_overdue_total',
    help: 'Migrations that took longer than they might, by `execution.timeout`.',
    labels: [],
  },
  migrationsVerified: {
    name: 'ballast_migrations_verified_total',
    help: 'Arrivals whose effect was looked at, by whether the source fell as projected: yes or no.',
    labels: ['kept'],
  },
  migrationGainError: {
    name: 'ballast_migration_gain_error_ratio',
    help: 'How far the fall of a source was from its projection, as a share of what the node has.',
    labels: [],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  },
  migrationDuration: {
    name: 'ballast_migration_duration_seconds',
    help: 'Duration of migrations that were carried out.',
    labels: [],
    buckets: [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800],
  },
  migratedBytes: {
    name: 'ballast_migrated_bytes_total',
    help: 'Bytes that migrations transferred, as Proxmox VE reported them.',
    labels: [],
  },
} as const;
