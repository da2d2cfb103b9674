import { DEFAULT_TOKEN } from '@ballast/pve-simulator';
import { MINUTE } from '../rig.ts';
import type { FaultRun } from '../run.ts';
import { hotShop } from '../world.ts';
import { FIRST, NEXT, of, RUNNING } from './strike.ts';

const MIGRATE = { method: 'POST', path: '/migrate' } as const;
/** More than any run asks for. */
const ALL = { times: 100_000 } as const;

const NET = 'Look at pveproxy on the entry node and the network to it; name a second endpoint.';
const LOST =
  'Nothing: the request is not sent again. Look at the task list of the cluster if it says that the outcome is unknown.';

/** What breaks a connection: on every request, and on the one that asks for a migration. */
const BROKEN = {
  cut: ['every answer is cut off half-way', 'the answer to a request for a migration is cut off half-way'],
  reset: ['every connection is reset', 'the connection is reset before a request for a migration takes effect'],
  garbage: ['every answer is garbage', 'a request for a migration is answered with garbage, and not carried out'],
  'lost-answer': ['every answer is lost', 'the answer to a request for a migration is lost after its effect'],
} as const;

/** What happens to requests and their answers, and who may make them. */
export const REQUESTS: readonly FaultRun[] = [
  {
    fault: 'every answer takes 4 s',
    moment: RUNNING,
    strike: of({ kind: 'slow', delay: 4000, ...ALL }),
    lasts: 2 * MINUTE,
    cure: NET,
  },
  {
    fault: 'every answer takes 25 s',
    moment: RUNNING,
    strike: of({ kind: 'slow', delay: 25_000, ...ALL }),
    lasts: 2 * MINUTE,
    cure: NET,
  },
  {
    fault: 'a request for a migration takes effect 45 s late',
    moment: FIRST,
    strike: of({ kind: 'slow', delay: 45_000, ...MIGRATE }),
    lasts: 2 * MINUTE,
    cure: LOST,
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'no request is answered',
      moment,
      strike: of({ kind: 'hang', ...ALL }),
      lasts: 2 * MINUTE,
      cure: NET,
    }),
  ),
  {
    fault: 'one method that each round needs is not answered, all others are',
    moment: RUNNING,
    strike: of({ kind: 'hang', path: '/cluster/resources', ...ALL }),
    // The second step comes to be due while a round still waits.
    options: { simulator: { world: hotShop(55_000_000) } },
    lasts: 3 * MINUTE,
    cure: NET,
  },
  {
    fault: 'a request for a migration is never answered, nor carried out',
    moment: FIRST,
    strike: of({ kind: 'hang', ...MIGRATE }),
    lasts: 2 * MINUTE,
    cure: LOST,
  },
  ...(['cut', 'reset', 'garbage', 'lost-answer'] as const).flatMap((kind): FaultRun[] => [
    {
      fault: BROKEN[kind][0],
      moment: RUNNING,
      strike: of({ kind, ...ALL }),
      lasts: MINUTE,
      cure: NET,
    },
    {
      fault: BROKEN[kind][1],
      moment: FIRST,
      strike: of({ kind, ...MIGRATE }),
      lasts: MINUTE,
      cure: LOST,
    },
  ]),
  {
    fault: 'every answer is 500',
    moment: RUNNING,
    strike: of({ kind: 'status', status: 500, reason: 'internal error', ...ALL }),
    lasts: MINUTE,
    cure: NET,
  },
  {
    fault: 'a request for a migration is answered 500',
    moment: FIRST,
    strike: of({ kind: 'status', status: 500, reason: 'internal error', ...MIGRATE }),
    lasts: MINUTE,
    cure: LOST,
  },
  {
    fault: 'a request for a migration is answered 596',
    moment: FIRST,
    strike: of({ kind: 'status', status: 596, reason: 'Connection timed out', ...MIGRATE }),
    lasts: MINUTE,
    cure: LOST,
  },
  ...[RUNNING, NEXT].map(
    (moment): FaultRun => ({
      fault: 'the token is revoked',
      moment,
      strike: of({ kind: 'token-revoked', token: DEFAULT_TOKEN.id }),
      lasts: 2 * MINUTE,
      cure: 'Make a new token and put it into the configuration; `ballast doctor` tells what it may do.',
    }),
  ),
  {
    fault: 'tickets expire (with a password in place of a token)',
    moment: RUNNING,
    strike: of({ kind: 'tickets-expired' }),
    options: { ticket: true },
    lasts: MINUTE,
    cure: 'Nothing: Ballast signs in again.',
  },
];
