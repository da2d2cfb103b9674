import { BallastError } from '@ballast/core';
import type { Lead } from '../balancer/options.ts';
import type { Settled } from '../controller/controller.ts';
import { StaleGenerationError } from '../datapath/errors.ts';
import type { SwitchSummary } from '../datapath/summary.ts';
import type { Route } from './route.ts';
import { dpid, type JsonSchema, object } from './schemas.ts';

/** The role at all switches. */
export interface Leading {
  readonly current: () => Lead;
  /** Takes a role at all switches; what each of them says to it. */
  readonly take: (lead: Lead) => Promise<readonly Settled[]>;
}

/** OpenFlow's generation ids have 64 bits. */
const MOST_GENERATION = 0xffff_ffff_ffff_ffffn;

/** Which of several controllers writes. */
export function roleRoutes(leading: Leading, switches: () => readonly SwitchSummary[]): readonly Route[] {
  const view = (): unknown => roleView(leading.current(), switches());
  const route = { path: '/v1/role', answer: ROLE };
  return [
    {
      ...route,
      method: 'GET',
      id: 'getRole',
      summary: 'The role that this flow manager takes, and what it is to each switch.',
      refusals: [],
      handle: view,
    },
    {
      ...route,
      method: 'PUT',
      id: 'putRole',
      summary: 'Takes a role at all switches, now and when they connect.',
      description:
        'A master goes on from what the switches carry: no connection is moved. Where a switch has seen a newer ' +
        'generation somebody else leads: that is a 409, and this flow manager becomes a slave.',
      body: ROLE_CHANGE,
      refusals: [400, 409, 413, 415],
      handle: async ({ body }) => {
        await take(leading, leadIn(body as WireLead));
        return view();
      },
    },
  ];
}

async function take(leading: Leading, lead: Lead): Promise<void> {
  const { generation } = leading.current();
  // Among equals nobody is fenced off.
  if (lead.role !== 'equal' && lead.generation < generation) throw staleHere(lead.generation, generation);
  const settled = await leading.take(lead);
  const stale = settled.flatMap((one) =>
    'error' in one && one.error instanceof StaleGenerationError ? [one.error] : [],
  );
  if (stale[0] === undefined) return;
  await leading.take({ role: 'slave', generation: lead.generation });
  throw stale[0];
}

interface WireLead {
  readonly role: Lead['role'];
  readonly generation?: string;
}

function leadIn({ role, generation = '0' }: WireLead): Lead {
  const number = BigInt(generation);
  if (number <= MOST_GENERATION) return { role, generation: number };
  const message = `Expected a generation of at most ${MOST_GENERATION}, got ${generation}.`;
  throw new BallastError('rest-bad-generation', message, { hint: 'Generations have 64 bits.' });
}

function staleHere(got: bigint, newest: bigint): BallastError {
  return new BallastError('rest-stale-generation', `Expected a generation of ${newest} or newer, got ${got}.`, {
    hint: 'Another sender leads since; stop sending, or become the leader again and send the new token.',
  });
}

function roleView({ role, generation }: Lead, switches: readonly SwitchSummary[]): unknown {
  return {
    role,
    generation: String(generation),
    switches: switches.map(({ id, role: granted, problem }) => ({
      id,
      role: granted,
      ...(problem !== undefined && { problem }),
    })),
  };
}

const role: JsonSchema = { enum: ['equal', 'master', 'slave'] };
const generation: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{1,20}$',
  description: 'The fencing token of who leads, a decimal number as text; 0 where it is left out.',
};

const ROLE_CHANGE = object({ role, generation }, ['role'], 'RoleChange');

const ROLE = object(
  {
    role,
    generation,
    switches: {
      type: 'array',
      description: 'What this flow manager is to each switch that is connected.',
      items: object({ id: dpid, role: { type: 'string' }, problem: { type: 'string' } }, ['id', 'role']),
    },
  },
  ['role', 'generation', 'switches'],
  'Role',
);
