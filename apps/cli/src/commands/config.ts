import { loadConfig, warningsOf } from '@ballast/config';
import type { Io } from '../io.ts';
import { configFile } from '../session.ts';

/** Reads the whole configuration, secrets and files it points to included, and says what is wrong with it. */
export async function checkConfig(file: string | undefined, io: Io): Promise<number> {
  const path = configFile(file, io.env);
  const config = await loadConfig(path, io.env);
  for (const warning of warningsOf(config)) io.stderr.write(`Warning: ${warning}\n`);
  const { services, targets, rules } = config;
  io.stdout.write(
    `${path} is valid: mode ${config.mode}, cluster ${config.cluster.name}, ` +
      `${count(config.cluster.endpoints.length, 'endpoint')}, ${count(services.length, 'service')}, ` +
      `${count(targets.length, 'target')}, ${count(rules.length, 'rule')}.\n`,
  );
  return 0;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
