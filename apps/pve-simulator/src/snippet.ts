import type { Simulator, SimulatorToken, SimulatorUser } from '@ballast/pve-simulator';

/** What a person needs to reach the cluster, and the part of Ballast's configuration that leads to it. */
export function welcome(
  { urls, fingerprint, world }: Pick<Simulator, 'urls' | 'fingerprint' | 'world'>,
  token: SimulatorToken,
  user: SimulatorUser,
  control?: string,
): string {
  const [first = ''] = urls;
  return `Simulating ${world.nodes.length} nodes with ${world.guests.length} guests (Proxmox VE ${world.version}) at
${urls.map((url) => `  ${url}/api2/json`).join('\n')}
Sign in as ${user.name} with the password ${user.password}, or by token. In ballast.yaml:

cluster:
  name: ${world.cluster}
  endpoints: [${urls.map((url) => `"${url}"`).join(', ')}]
  auth: { token: "${token.id}", secret: "\${env:BALLAST_TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }

and in the environment of Ballast:

export BALLAST_TOKEN=${token.secret}

Try: curl -k -H 'Authorization: PVEAPIToken=${token.id}='"$BALLAST_TOKEN" '${first}/api2/json/cluster/resources?type=node'
${control === undefined ? '' : `Faults: curl -d '{"kind":"node-down","node":"${world.nodes.at(-1)?.name}"}' ${control}/faults\n`}Ctrl-C ends it.
`;
}
