import type { BalancePolicy, Budgets, WeightPolicy } from '@ballast/core';
import { configSchema, type Settings } from './schema/config.ts';

/** Every option that has a default, with it. */
export interface Defaults extends Omit<Settings, 'cluster'> {
  readonly balance: BalancePolicy;
  readonly budgets: Budgets;
  readonly weights: WeightPolicy;
  readonly cluster: Pick<
    Settings['cluster'],
    'timeout' | 'retries' | 'requestsPerRound' | 'tagPrefixes' | 'tls' | 'migration'
  >;
}

/** What the least configuration that is accepted leaves open, as the schema fills it in: there is no second list. */
function readDefaults(): Defaults {
  const least = {
    cluster: { name: 'a', endpoints: ['a'], auth: { token: 'a@pve!a', secret: '${' + 'env:A}' } },
  };
  const settings = configSchema({ env: { A: 'a' }, readFile: () => '' }).parse(least);
  const { timeout, retries, requestsPerRound, tagPrefixes, tls, migration } = settings.cluster;
  return { ...settings, cluster: { timeout, retries, requestsPerRound, tagPrefixes, tls, migration } };
}

export const DEFAULTS: Defaults = readDefaults();
