import { type Config, parseConfig } from '@ballast/config';
import { TARGET } from './front.ts';
import { SERVICES, type Stage, TOKEN } from './stage.ts';

/** Rounds every two seconds: the demo has no patience for the thirty that suit a real cluster. */
const SCHEDULE = '*/2 * * * * *';
/** Name of the flow manager among the weight targets. */
const FABRIC_TARGET = 'fabric';

/** The demo's configuration, read as a user's file is read. */
export function demoConfig(stage: Stage, directory: string): Config {
  const { front, plane } = stage;
  const config = parseConfig(demoYaml(stage, directory), {
    file: 'demo.yaml',
    env: { DEMO_TOKEN: TOKEN.secret, DEMO_FABRIC_TOKEN: plane?.api.token },
    readSecret: (file) => {
      throw new Error(`the demo reads no ${file}`);
    },
  });
  if (front.socket !== undefined) return config;
  // Without an HAProxy the recording target is carried instead; a configuration file cannot name it.
  const recording = { target: TARGET, options: {} };
  const services = config.services.map((service) => ({ ...service, carriers: [recording, ...service.carriers] }));
  return { ...config, services };
}

function demoYaml({ simulator, front, plane }: Stage, directory: string): string {
  const targets = [
    ...(front.socket === undefined ? [] : [`{ name: ${TARGET}, kind: haproxy, socket: ${front.socket} }`]),
    ...(plane === undefined
      ? []
      : [
          `{ name: ${FABRIC_TARGET}, kind: flow-manager, url: "${plane.api.url}", token: "\${env:DEMO_FABRIC_TOKEN}" }`,
        ]),
  ];
  const names = [...(front.socket === undefined ? [] : [TARGET]), ...(plane === undefined ? [] : [FABRIC_TARGET])];
  const services = SERVICES.map(
    (name) => `
  - name: ${name}
    protocol: http
    members: { tags: [${name}] }
    port: 80
    trafficShare: 60%
    targets: [${names.join(', ')}]`,
  );
  return `
cluster:
  name: demo
  endpoints: [${simulator.urls.join(', ')}]
  auth: { token: ${TOKEN.id}, secret: "\${env:DEMO_TOKEN}" }
  tls: { fingerprint: "${simulator.fingerprint}" }
mode: auto
schedule: "${SCHEDULE}"
services:${services.join('')}
targets: [${targets.join(', ')}]
listen: { port: 0 }
state: { directory: ${directory} }
grace: 20s
`;
}
