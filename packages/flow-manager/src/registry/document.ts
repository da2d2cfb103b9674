import { z } from 'zod';
import { hexOf } from '../datapath/errors.ts';
import type { KnownPlace } from '../placement/places.ts';
import type { TimedDeparture } from '../services/departures.ts';
import type { Link } from '../services/model.ts';
import { checkTogether, normalPlacement, normalService } from '../services/validate.ts';
import { RegistryError } from './errors.ts';
import type { RegisteredService, RegistryState } from './state.ts';

/** What a flow manager has to know again after a restart. */
export interface Remembered {
  readonly state: RegistryState;
  /** Members that have left their services, and whose connections may still be open. */
  readonly departures: readonly TimedDeparture[];
}

/** What is remembered as plain JSON: bigints as text, maps and sets as lists. {@link rememberedIn} reads it. */
export function registryDocument({ state, departures }: Remembered): unknown {
  return {
    version: state.version,
    services: [...state.services.values()].map(({ held, fencing, ...rest }) => ({
      ...rest,
      held: [...held],
      ...(fencing !== undefined && { fencing: String(fencing) }),
    })),
    places: [...state.places.byAddress.values()].map(({ at, ...rest }) => ({
      ...rest,
      ...(at !== undefined && { at: { dpid: hexOf(at.dpid), port: at.port } }),
    })),
    links: state.places.links.map(({ dpid, port, to }) => ({ dpid: hexOf(dpid), port, to: hexOf(to) })),
    departures,
  };
}

/**
 * What {@link registryDocument} was made of.
 * @throws {RegistryError} `registry-damaged`, naming the first place that is not as expected
 * @throws {ServiceError} a service in it cannot be carried, or not beside the others
 */
export function rememberedIn(document: unknown): Remembered {
  const parsed = DOCUMENT.safeParse(document);
  if (!parsed.success) throw damaged(parsed.error);
  const { version, services, places, links, departures } = parsed.data;
  for (const { service } of services) normalService(service);
  checkTogether(services.map(({ service }) => service));
  return {
    state: {
      version,
      services: new Map(services.map((registered) => [registered.service.name, registered])),
      places: {
        byAddress: new Map(places.map((known) => ({ ...known, ...normalPlacement(known) })).map(byAddress)),
        links,
      },
    },
    departures,
  };
}

function byAddress(known: KnownPlace): readonly [string, KnownPlace] {
  return [known.address, known];
}

function damaged(error: z.ZodError): RegistryError {
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  const message = `Expected the services, places and departures of a flow manager, got something else${place}.`;
  return new RegistryError('registry-damaged', message, { cause: error });
}

const port = z.int().min(1).max(65_535);
const guest = z.int().positive();
const whole = z.int().nonnegative();
const ratio = z.number().min(0).max(1);
const milliseconds = z.number().positive();
const datapathId = z
  .string()
  .regex(/^[0-9a-f]{1,16}$/)
  .transform((digits) => BigInt(`0x${digits}`));
const token = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);
const protocol = z.enum(['tcp', 'udp']);

const MONITOR = z.object({
  type: z.enum(['ping', 'tcp', 'http']),
  delay: milliseconds,
  timeout: milliseconds,
  maxRetries: whole,
  maxRetriesDown: whole,
  http: z.object({ method: z.string(), path: z.string(), expectedCodes: z.array(z.int()) }).exactOptional(),
});

const MEMBER = z.object({
  guest,
  address: z.string(),
  port,
  weight: ratio,
  state: z.enum(['ready', 'drain']),
  health: z.enum(['up', 'down']).exactOptional(),
  ramp: ratio.exactOptional(),
});

const SERVICE: z.ZodType<RegisteredService> = z.object({
  service: z.object({
    name: z.string(),
    vip: z.object({ address: z.string(), port }),
    mac: z.string().exactOptional(),
    protocol,
    algorithm: z.enum(['weighted', 'round-robin', 'least-connections', 'source-ip']),
    persistence: z.object({ type: z.literal('source-ip'), timeout: milliseconds }).exactOptional(),
    members: z.array(MEMBER),
  }),
  monitor: MONITOR.exactOptional(),
  held: z.array(guest).transform((guests) => new Set(guests)),
  fencing: token.exactOptional(),
  version: whole,
});

const PLACE: z.ZodType<KnownPlace> = z.object({
  address: z.string(),
  mac: z.string(),
  at: z.object({ dpid: datapathId, port: whole }).exactOptional(),
  by: z.enum(['told', 'learned']),
});

const LINK: z.ZodType<Link> = z.object({ dpid: datapathId, port: whole, to: datapathId });

const DEPARTURE: z.ZodType<TimedDeparture> = z.object({
  service: z.string(),
  protocol,
  address: z.string(),
  port,
  until: z.number(),
});

const DOCUMENT = z.object({
  version: whole,
  services: z.array(SERVICE),
  places: z.array(PLACE),
  links: z.array(LINK),
  departures: z.array(DEPARTURE),
});
