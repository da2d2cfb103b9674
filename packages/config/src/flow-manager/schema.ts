import { z } from 'zod';
import { log } from '../schema/log.ts';
import type { ListenConfig } from '../types.ts';
import { directory } from '../values/directory.ts';
import { duration } from '../values/duration.ts';
import { generation } from '../values/generation.ts';
import { pattern } from '../values/pattern.ts';
import { type Sources, secret } from '../values/secret.ts';
import { links, placements } from './places.ts';
import { services } from './services.ts';
import { tls } from './tls.ts';
import { type FlowManagerConfig, ROLES } from './types.ts';

/** The whole file of the flow manager, without its name. Nothing in it is required. */
export type FlowManagerSettings = Omit<FlowManagerConfig, 'source'>;

export function flowManagerSchema(sources: Sources): z.ZodType<FlowManagerSettings> {
  return z.strictObject({
    listen: listen().prefault({}).describe('Where switches connect to.'),
    tls: tls(sources).exactOptional(),
    rest: rest(sources).prefault({}).describe('Where the REST API, /metrics and /healthz are served.'),
    state: z
      .strictObject({
        directory: directory().prefault('/var/lib/ballast-flow-manager').describe('Directory of what is remembered.'),
      })
      .prefault({})
      .describe('What the flow manager remembers between restarts: services, weights, fencing tokens, places.'),
    role: z
      .enum(ROLES)
      .prefault('equal')
      .describe(
        'equal: the only controller, or one of several that agree; master: the one that writes; slave: looks on.',
      ),
    generation: generation()
      .prefault(0)
      .describe('Fencing token that the role is taken with; switches refuse one that is older than the newest seen.'),
    linger: duration('0s', '1d')
      .prefault('5m')
      .describe('How long connections to a member that has left its service may go on.'),
    slowStart: duration('0s', '1h').prefault('30s').describe('How long a returning member takes to its full weight.'),
    recheck: duration('1s', '1h')
      .prefault('30s')
      .describe('How often each switch is looked at for rows that are missing, changed or too many.'),
    log: log().prefault({}).describe('The log, on standard output.'),
    services: services().prefault([]).describe('Virtual IPs, and the guests that serve them.'),
    placements: placements().prefault([]).describe('Where members are, as far as it is not to be learned.'),
    guestPorts: pattern()
      .prefault('^(tap|veth|fwln)\\d')
      .describe(
        'Names of ports that lead to guests: a host that is heard at another port is not there. As Proxmox VE names them.',
      ),
    links: links().prefault([]).describe('Ports that lead from one switch to another.'),
  });
}

function listen(): z.ZodType<FlowManagerConfig['listen']> {
  return z.strictObject({
    host: z.string().min(1).prefault('127.0.0.1').describe('Address to listen on; 0.0.0.0 or :: for all.'),
    port: z.int().min(0).max(65_535).prefault(6653).describe("Port; 6653 is OpenFlow's own, 0 takes any free one."),
    insecure: z
      .boolean()
      .prefault(false)
      .describe('Let others than this machine connect without TLS: whoever reaches the port can pass for a switch.'),
  });
}

function rest(sources: Sources): z.ZodType<ListenConfig> {
  return z.strictObject({
    host: z.string().min(1).prefault('127.0.0.1').describe('Address or name to listen on.'),
    port: z.int().min(0).max(65_535).prefault(9770).describe('Port; 0 takes any free one.'),
    token: secret(sources)
      .exactOptional()
      .describe('Bearer token that is asked for, by reference. Needed on an address that others reach.'),
  });
}
