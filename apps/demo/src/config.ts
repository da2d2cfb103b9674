import { type Config, parseConfig } from '@ballast/config';
import { FABRIC_TARGET } from './fabric/manager.ts';
import { TARGET } from './front.ts';
import { SERVICES, type Stage, TOKEN } from './stage.ts';

/** Rounds every two seconds: the demo has no patience for the thirty that suit a real cluster. */
const SCHEDULE = '*/2 * * * * *';

/** The demo's configuration, read as a user's file is read. */
export function demoConfig({ simulator, front, plane }: Stage, directory: string): Config {
  const config = parseConfig(demoYaml(simulator.urls, simulator.fingerprint, front.socket, directory), {
    file: 'demo.yaml',
    env: { DEMO_TOKEN: TOKEN.secret },
    readSecret: (file) => {
      throw new Error(`the demo reads no ${file}`);
    },
  });
  // The recording target stands in for HAProxy, and no file can name it; the flow manager comes and goes with the demo.
  const others = [...(front.socket === undefined ? [TARGET] : []), ...(plane === undefined ? [] : [FABRIC_TARGET])];
  const added = others.map((target) => ({ target, options: {} }));
  const services = config.services.map((service) => ({ ...service, carriers: [...service.carriers, ...added] }));
  return { ...config, services };
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
