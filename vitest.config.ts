import { defineConfig } from 'vitest/config';

// Tests run on the sources: the `source` export condition makes a build unnecessary.
const conditions = ['source', 'node', 'import', 'module', 'default'];

// Packages without I/O, and without state in their modules: their tests share one import of them in each worker.
const PURE = [
  'core',
  'planner',
  'weigher',
  'report',
  'openflow',
  'config',
  'telemetry',
  'proxmox',
  'operator',
  'pve-simulator',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Waits have deadlines of their own, which say what they wait for; a host may be five times slower for a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/properties.ts'],
    // NO_COLOR keeps golden files independent of where the suite runs.
    env: { NO_COLOR: '1' },
    projects: [
      {
        extends: true,
        test: { name: 'pure', isolate: false, include: [`packages/{${PURE.join()}}/test/**/*.test.ts`] },
      },
      {
        extends: true,
        test: {
          name: 'edges',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', `packages/{${PURE.join()}}/test/**`],
        },
      },
    ],
  },
});
