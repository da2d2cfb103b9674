import { defineConfig } from 'vitest/config';

// Tests run on the sources: the `source` export condition makes a build unnecessary.
const conditions = ['source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Waits have deadlines of their own, which say what they wait for; a host may be five times slower for a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // NO_COLOR keeps golden files independent of where the suite runs.
    env: { NO_COLOR: '1' },
  },
});
