import { MODES } from '@ballast/core';
import { z } from 'zod';
import type { Config } from '../types.ts';
import { duration } from '../values/duration.ts';
import { schedule } from '../values/schedule.ts';
import { type Sources, secret } from '../values/secret.ts';
import { balance, budgets, weights } from './balance.ts';
import { type ClusterSettings, cluster } from './cluster.ts';
import { execution } from './execution.ts';
import { log } from './log.ts';
import { labels, rules } from './rules.ts';
import { services } from './services.ts';
import { state } from './state.ts';
import { targets } from './targets.ts';

/** The configuration as its file states it, section by section. */
export type Settings = Omit<Config, 'source' | 'cluster'> & { readonly cluster: ClusterSettings };

/** The whole file. The schema reads the secrets and files it meets, so it is made for each reading. */
export function configSchema(sources: Sources): z.ZodType<Settings> {
  return z.strictObject({
    cluster: cluster(sources),
    mode: z
      .enum(MODES)
      .prefault('advise')
      .describe('observe: measure alone; advise: plan and report, change nothing; auto: carry out.'),
    schedule: schedule()
      .prefault('*/30 * * * * *')
      .describe('When rounds start: a cron expression, with an optional leading field of seconds.'),
    balance: balance().prefault({}).describe('When and how guests are moved.'),
    budgets: budgets().prefault({}).describe('Bounds on migrations. They hold at every instant.'),
    execution: execution().prefault({}).describe('How migrations are carried through.'),
    weights: weights().prefault({}).describe('How weights are decided.'),
    rules: rules().prefault([]).describe('Where guests may and may not run, beside tags and HA rules.'),
    labels: labels()
      .prefault({})
      .describe(
        'Where nodes stand: for each node its labels, such as { rack: a, site: north }; rules name them as topology.',
      ),
    services: services().prefault([]).describe('What clients reach, and which guests serve it.'),
    targets: targets(sources).prefault([]).describe('Load balancers that take weights.'),
    listen: listen(sources).prefault({}).describe('Where /metrics, /healthz and /readyz are served.'),
    state: state(sources).prefault({}).describe('What the operator remembers between rounds and restarts.'),
    log: log().prefault({}).describe('The log, on standard output.'),
    grace: duration('0s', '1h')
      .prefault('30s')
      .describe('How long a stopping operator waits for the round and the migrations that run.'),
  });
}

function listen(sources: Sources): z.ZodType<Config['listen']> {
  return z.strictObject({
    host: z.string().min(1).prefault('127.0.0.1').describe('Address or name to listen on.'),
    port: z.int().min(0).max(65_535).prefault(9760).describe('Port; 0 takes any free one.'),
    token: secret(sources).exactOptional().describe('Bearer token that /metrics asks for, by reference.'),
  });
}
