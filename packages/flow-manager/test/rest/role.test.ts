import { describe, expect, test } from 'vitest';
import { type Datapath, type Lead, type Settled, StaleGenerationError } from '../../src/index.ts';
import { aServer, type Subject } from './support.ts';

/** A REST API whose switch knows a generation: older ones are stale to it. */
function led(known: bigint, first: Lead = { role: 'equal', generation: 0n }): Subject & { readonly taken: Lead[] } {
  let current = first;
  const taken: Lead[] = [];
  const take = async (lead: Lead): Promise<readonly Settled[]> => {
    taken.push(lead);
    current = lead;
    const datapath = { id: 1n } as Datapath;
    const stale = lead.role !== 'equal' && lead.generation < known;
    const error = new StaleGenerationError('switch 0000000000000001', lead.generation, undefined);
    return [stale ? { datapath, error } : { datapath, outcome: undefined }];
  };
  return { ...aServer({ leading: { current: () => current, take } }), taken };
}

test('the role is shown and taken, with generations that no number of JSON can hold', async () => {
  const { call, taken } = led(0n);
  expect((await call('GET', '/v1/role')).body).toEqual({ role: 'equal', generation: '0', switches: [] });
  const change = { role: 'master', generation: '18446744073709551615' };
  const answer = { status: 200, body: { ...change, switches: [] } };
  expect(await call('PUT', '/v1/role', change)).toEqual(answer);
  expect(await call('GET', '/v1/role')).toEqual(answer);
  expect(taken).toEqual([{ role: 'master', generation: 2n ** 64n - 1n }]);
});

test('what it is to each switch is told, and why not more', async () => {
  const summary = { peer: '', connected: true, openflow: '1.3', description: '', ports: [] };
  const { call } = aServer({
    leading: { current: () => ({ role: 'master', generation: 4n }), take: async () => [] },
    switches: () => [
      { ...summary, id: '000000000000000a', role: 'master' },
      { ...summary, id: '000000000000000b', role: 'slave', problem: 'It refuses.' },
    ],
  });
  expect((await call('GET', '/v1/role')).body.switches).toEqual([
    { id: '000000000000000a', role: 'master' },
    { id: '000000000000000b', role: 'slave', problem: 'It refuses.' },
  ]);
});

describe('who leads no longer', () => {
  test('is told so before a switch is asked, by a token older than the one in use', async () => {
    const { call, taken } = led(0n, { role: 'master', generation: 8n });
    expect(await call('PUT', '/v1/role', { role: 'master', generation: '7' })).toEqual({
      status: 409,
      body: {
        code: 'rest-stale-generation',
        message: 'Expected a generation of 8 or newer, got 7.',
        hint: 'Another sender leads since; stop sending, or become the leader again and send the new token.',
      },
    });
    expect(taken).toEqual([]);
  });

  test('is told so by a switch that knows a newer one, and becomes a slave', async () => {
    const { call, taken } = led(9n);
    expect(await call('PUT', '/v1/role', { role: 'master', generation: '8' })).toMatchObject({
      status: 409,
      body: { code: 'switch-stale-generation', message: 'switch 0000000000000001 knows a generation newer than 8.' },
    });
    expect(taken.map(({ role }) => role)).toEqual(['master', 'slave']);
    expect((await call('GET', '/v1/role')).body.role).toBe('slave');
  });

  test('may go back among equals, where nobody is fenced off', async () => {
    const { call } = led(9n, { role: 'master', generation: 9n });
    expect((await call('PUT', '/v1/role', { role: 'equal' })).body).toMatchObject({ role: 'equal', generation: '0' });
  });
});

test.each([
  ['an unknown role', { role: 'leader' }, 'Expected role to be one of equal, master, slave, got "leader".'],
  ['a generation as a number', { role: 'master', generation: 7 }, 'Expected generation to be string, got 7.'],
  [
    'a generation of more than 64 bits',
    { role: 'master', generation: '99999999999999999999' },
    'Expected a generation of at most 18446744073709551615, got 99999999999999999999.',
  ],
])('%s is refused', async (_, body, message) => {
  expect(await led(0n).call('PUT', '/v1/role', body)).toMatchObject({ status: 400, body: { message } });
});

test('there is no role where nobody can take one', async () => {
  expect((await aServer().call('GET', '/v1/role')).status).toBe(404);
});
