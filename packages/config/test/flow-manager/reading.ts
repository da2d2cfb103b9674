import { ConfigError, type FlowManagerConfig, parseFlowManagerConfig } from '@ballast/config';
import { readDisk } from '../reading.ts';

export function parse(text: string): FlowManagerConfig {
  return parseFlowManagerConfig(text, { file: 'flow-manager.yaml', env: { TOKEN: 'hush' }, readSecret: readDisk });
}

/** The lines of a refusal's message, below its heading. */
export function lines(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  throw new Error('expected the configuration to be refused, and it was accepted');
}

/** A service `shop` in one line, with more fields of its own and of its members. */
export function shop(fields = '', members = '{ guest: 101, address: 10.9.0.11, port: 8080 }'): string {
  return `services: [{ name: shop, vip: { address: 10.9.0.100, port: 80 }${fields}, members: [${members}] }]\n`;
}
