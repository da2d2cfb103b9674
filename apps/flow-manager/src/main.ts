#!/usr/bin/env node
import { ConfigError, flowManagerWarningsOf, loadFlowManagerConfig } from '@ballast/config';
import { describeError } from '@ballast/core';
import { notifySystemd } from '@ballast/machine';
import { createLogger } from '@ballast/telemetry';
import { Command } from 'commander';
import { checkFile } from './check.ts';
import { Reloads } from './reloads.ts';
import { startFlowManager } from './start.ts';
import { VERSION } from './version.ts';

const FILE = process.env['BALLAST_FLOW_MANAGER_CONFIG'] ?? '/etc/ballast/flow-manager.yaml';

const program = new Command('ballast-flow-manager')
  .description("Ballast's OpenFlow controller: spreads the traffic of virtual IPs over guests, by live weights.")
  .version(VERSION)
  .option('-c, --config <file>', 'configuration file', FILE)
  .option('--check', 'read the configuration whole, say what is wrong with it, and start nothing')
  .parse();

const { config: file, check } = program.opts<{ config: string; check?: true }>();

try {
  if (check) await say();
  else await serve();
} catch (error) {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
}

async function say(): Promise<void> {
  const { sum, warnings } = await checkFile(file, process.env);
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
  process.stdout.write(`${sum}\n`);
}

/** Runs until SIGTERM or SIGINT. A second signal does not wait. */
async function serve(): Promise<void> {
  const reloads = new Reloads();
  const config = await loadFlowManagerConfig(file, process.env);
  const log = createLogger({ level: config.log.level, format: config.log.format });
  for (const warning of flowManagerWarningsOf(config)) log.warn(warning);
  const running = await startFlowManager(config, { log });
  const tell = (...words: string[]): Promise<unknown> =>
    notifySystemd(words, process.env).catch((error: unknown) => log.warn({ err: error }, 'systemd was not told'));
  reloads.begin(async () => {
    try {
      await running.reload(await loadFlowManagerConfig(file, process.env));
    } catch (error) {
      log.error({ err: error }, 'the configuration is not taken; the one before stays');
    }
  });
  await tell('--ready', `--status=switches connect to ${running.switches.host}:${running.switches.port}`);
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve);
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  log.info({ signal }, 'asked to stop');
  await tell('--stopping');
  await running.stop();
}

function textOf(error: unknown): string {
  return error instanceof ConfigError ? error.message : describeError(error);
}
