import { readFileSync } from 'node:fs';
import { type FlowManagerConfig, parseFlowManagerConfig } from '@ballast/config';

/** A configuration from its text, with free ports of this machine. */
export function configOf(text: string, directory = '/nowhere'): FlowManagerConfig {
  return parseFlowManagerConfig(fileText(text, directory), {
    file: 'flow-manager.yaml',
    env: { TOKEN: 'hush' },
    readSecret: (path) => readFileSync(path, 'utf8'),
  });
}

/** A file's text: `text`, and where it listens and keeps its state unless it says so itself. */
export function fileText(text: string, directory: string): string {
  const own = (key: string, line: string): string => (new RegExp(`^${key}:`, 'm').test(text) ? '' : line);
  return [
    own('listen', 'listen: { port: 0 }\n'),
    own('rest', 'rest: { port: 0 }\n'),
    own('state', `state: { directory: ${directory} }\n`),
    text,
  ].join('');
}

/** One line of a service: `shop` at 10.9.0.100 port 80, over members `101` or `101 50%`. */
export function serviceLine(name: string, vip: string, ...members: readonly string[]): string {
  const entries = members.map((member) => {
    const [guest = '', weight] = member.split(' ');
    const fields = `guest: ${guest}, address: 10.9.0.${Number(guest) - 90}, port: 8080`;
    return `{ ${fields}${weight === undefined ? '' : `, weight: ${weight}`} }`;
  });
  const [address = '', port = '80'] = vip.split(' ');
  return `  - { name: ${name}, vip: { address: ${address}, port: ${port} }, members: [${entries.join(', ')}] }\n`;
}
