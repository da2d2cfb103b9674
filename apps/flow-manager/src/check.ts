import { flowManagerWarningsOf, loadFlowManagerConfig } from '@ballast/config';
import { EMPTY_REGISTRY } from '@ballast/flow-manager';
import { NOTHING_STATED } from './stated/stated.ts';
import { takeFile } from './stated/take.ts';

/**
 * Reads a configuration as a start would; what it comes to, in a sentence.
 * @throws {ConfigError | BallastError} it would not be taken
 */
export async function checkFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly sum: string; readonly warnings: readonly string[] }> {
  const config = await loadFlowManagerConfig(file, env);
  const { services } = takeFile(EMPTY_REGISTRY, config, NOTHING_STATED);
  const members = [...services.values()].flatMap(({ service }) => service.members).length;
  const sum = `${file} is valid: role ${config.role}, ${count(services.size, 'service')}, ${count(members, 'member')}.`;
  return { sum, warnings: flowManagerWarningsOf(config) };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
