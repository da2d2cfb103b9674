import { type Config, ConfigError, type ConfigProblem, parseConfig } from '@ballast/config';

const files: Readonly<Record<string, string>> = {
  '/etc/ballast/token': '3f0c1a52-token\n',
  '/etc/ballast/password': 'correct horse\n',
  '/etc/ballast/metrics-token': 'scrape-me\n',
  '/etc/ballast/empty': '\n',
  '/etc/ballast/two-lines': 'one\ntwo\n',
  '/etc/ballast/whole-token': 'ballast@pve!operator=3f0c1a52\n',
  '/etc/pve/pve-root-ca.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  '/etc/ballast/key.pem': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
  '/etc/ballast/pve-root-ca.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

/** Stands in for a disk: the files above, and the failures a disk has. */
export function readDisk(path: string): string {
  if (path === '/etc/ballast/locked') throw Object.assign(new Error('no'), { code: 'EACCES' });
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' });
  return text;
}

const env = { BALLAST_TOKEN: '3f0c1a52-from-env', EMPTY: ' ' };

export function parse(text: string): Config {
  return parseConfig(text, { file: 'ballast.yaml', env, readSecret: readDisk });
}

/** A cluster section that nothing is wrong with. */
export const CLUSTER = `cluster:
  name: production
  endpoints: [https://pve1.example.com:8006]
  auth:
    token: ballast@pve!operator
    secret: \${env:BALLAST_TOKEN}
`;

/** The refusal of a text. */
export function refusal(text: string): ConfigError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected the configuration to be refused, and it was accepted');
}

export function problems(text: string): readonly ConfigProblem[] {
  return refusal(text).problems;
}

/** The lines of a refusal's message, below its heading. */
export function lines(text: string): readonly string[] {
  return refusal(text)
    .message.split('\n')
    .slice(1)
    .map((line) => line.trim());
}
