export { type ExpectedUsageInput, expectedUsage } from './expected.ts';
export { rememberWeights } from './remember.ts';
export type { MigratingGuest } from './states/migration.ts';
export { type WeighInput, weigh } from './weigh.ts';
