#!/usr/bin/env node
import { ConfigError, loadConfig, warningsOf } from '@ballast/config';
import { describeError } from '@ballast/core';
import { notifySystemd } from '@ballast/machine';
import { createLogger } from '@ballast/telemetry';
import { Command } from 'commander';
import { startOperator } from './service.ts';
import { VERSION } from './version.ts';

const program = new Command('ballast-operator')
  .description('The long-running service of Ballast: observes the cluster, and acts when its mode is auto.')
  .version(VERSION)
  .option('-c, --config <file>', 'configuration file', process.env['BALLAST_CONFIG'] ?? '/etc/ballast/ballast.yaml')
  .parse();

try {
  await serve(program.opts<{ config: string }>().config);
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : describeError(error)}\n`);
  process.exitCode = 1;
}

/** Runs until SIGTERM or SIGINT. A second signal does not wait. */
async function serve(file: string): Promise<void> {
  const config = await loadConfig(file, process.env);
  const log = createLogger({ level: config.log.level, format: config.log.format });
  for (const warning of warningsOf(config)) log.warn(warning);
  const running = await startOperator(config, { log });
  const tell = (...words: string[]): Promise<unknown> =>
    notifySystemd(words, process.env).catch((error: unknown) => log.warn({ err: error }, 'systemd was not told'));
  await tell('--ready', `--status=${config.mode} on ${config.cluster.name}`);
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve);
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  log.info({ signal }, 'asked to stop');
  await tell('--stopping');
  await running.stop();
}
