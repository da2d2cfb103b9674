import { type Config, parseConfig } from '@ballast/config';
import { TARGET } from './front.ts';
import { SERVICES, type Stage, TOKEN } from './stage.ts';

/** Rounds every two seconds: the demo has no patience for the thirty that suit a real cluster. */
const SCHEDULE = '*/2 * * * * *';

/** The demo's configuration, read as a user's file is read. */
export function demoConfig({ simulator, front }: Stage, directory: string): Config {
  const config = parseConfig(demoYaml(simulator.urls, simulator.fingerprint, front.socket, directory), {
    file: 'demo.yaml',
    env: { DEMO_TOKEN: TOKEN.secret },
    readSecret: (file) => {
      throw new Error(`the demo reads no ${file}`);
    },
  });
  if (front.socket !== undefined) return config;
  // Without an HAProxy the recording target is carried instead; a configuration file cannot name it.
  const carriers = [{ target: TARGET, options: {} }];
  return { ...config, services: config.services.map((service) => ({ ...service, carriers })) };
}

function demoYaml(urls: readonly string[], fingerprint: string, socket: string | undefined, directory: string): string {
  const carriers = socket === undefined ? '' : `\n    targets: [${TARGET}]`;
  const services = SERVICES.map(
    (name) => `
  - name: ${name}
    protocol: http
    members: { tags: [${name}] }
    port: 80
    trafficShare: 60%${carriers}`,
  );
  return `
cluster:
  name: demo
  endpoints: [${urls.join(', ')}]
  auth: { token: ${TOKEN.id}, secret: "\${env:DEMO_TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
mode: auto
schedule: "${SCHEDULE}"
services:${services.join('')}
${socket === undefined ? '' : `targets:\n  - { name: ${TARGET}, kind: haproxy, socket: ${socket} }`}
listen: { port: 0 }
state: { directory: ${directory} }
grace: 20s
`;
}
