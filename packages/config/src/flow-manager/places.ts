import { z } from 'zod';
import { address, datapathId, mac } from '../values/hosts.ts';
import type { LinkConfig, PlacementConfig } from './types.ts';

/** OpenFlow 1.3 and later: larger numbers name no ports but ways, such as "back where it came from". */
const MOST_PORT = 0xffff_ff00;

export function placements(): z.ZodType<readonly PlacementConfig[]> {
  return z.array(
    z
      .strictObject({
        address: address().describe('Address of a member.'),
        mac: mac().describe('Its MAC; no host with another one is believed to be it.'),
        at: z
          .strictObject({
            switch: datapathId().describe('Datapath id of the switch that it is at.'),
            port: portNumber().describe('The port there that leads to it.'),
          })
          .exactOptional()
          .describe('Where it is; learned from the switches when left out.'),
      })
      .transform(({ at, ...rest }) => ({
        ...rest,
        ...(at === undefined ? {} : { at: { dpid: at.switch, port: at.port } }),
      })),
  );
}

export function links(): z.ZodType<readonly LinkConfig[]> {
  return z.array(
    z
      .strictObject({
        switch: datapathId().describe('Datapath id of a switch.'),
        port: portNumber().describe('Its port.'),
        to: datapathId().describe('The switch that the port leads to.'),
      })
      .transform(({ switch: dpid, port, to }) => ({ dpid, port, to })),
  );
}

function portNumber(): z.ZodType<number> {
  return z.int().min(1).max(MOST_PORT);
}
