import { isLoopback } from '../values/hosts.ts';
import type { FlowManagerConfig } from './types.ts';

/** What is allowed and yet deserves a loud word, a sentence or two each. */
export function flowManagerWarningsOf({ listen, tls, services }: FlowManagerConfig): readonly string[] {
  const open =
    tls === undefined && !isLoopback(listen.host)
      ? [
          `listen.insecure is on: whoever reaches port ${listen.port} of ${listen.host} can pass for a switch and draw ` +
            "members' traffic. Set tls, or let a firewall admit the switches alone.",
        ]
      : [];
  const idle = services
    .filter(({ members }) => members.length === 0)
    .map(({ name }) => `The service ${name} has no members: nobody answers at its VIP.`);
  return [...open, ...idle];
}
