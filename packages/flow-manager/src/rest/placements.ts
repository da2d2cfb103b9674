import { BallastError } from '@ballast/core';
import { putPlace } from '../registry/members.ts';
import type { Registry } from '../registry/registry.ts';
import { canonicalAddress } from '../services/address.ts';
import type { Call, Route } from './route.ts';
import { ADDRESS_PARAMS, PLACEMENT, PLACEMENT_CHANGE, PLACEMENTS } from './schemas.ts';
import { placementView } from './views.ts';

/** Where members are: what was told counts before what switches learn. */
export function placementRoutes(registry: Registry): readonly Route[] {
  const one = { path: '/v1/placements/{address}', params: ADDRESS_PARAMS };
  return [
    {
      method: 'GET',
      path: '/v1/placements',
      id: 'listPlacements',
      summary: 'Where members are, as far as it is known.',
      answer: PLACEMENTS,
      refusals: [],
      handle: () => ({ placements: [...registry.state.places.byAddress.values()].map(placementView) }),
    },
    {
      ...one,
      method: 'PUT',
      id: 'putPlacement',
      summary: 'Tells the MAC of a member, and which port of which switch leads to it, such as after a migration.',
      description: 'Without `at`, the port is learned from the switches.',
      body: PLACEMENT_CHANGE,
      answer: PLACEMENT,
      refusals: [400, 413, 415, 422],
      handle: ({ params, body }) => {
        const address = addressIn(params);
        const { mac, at } = body as WirePlacement;
        const told = at === undefined ? {} : { at: { dpid: BigInt(`0x${at.dpid}`), port: at.port } };
        registry.change((state) => putPlace(state, { type: 'told', address, mac, ...told }));
        return viewOf(registry, address);
      },
    },
    {
      ...one,
      method: 'DELETE',
      id: 'forgetPlacement',
      summary: 'Forgets where a member is, until it is told or learned again.',
      refusals: [400, 404, 422],
      handle: ({ params }) => {
        const address = addressIn(params);
        viewOf(registry, address);
        registry.change((state) => putPlace(state, { type: 'forgotten', address }));
      },
    },
  ];
}

interface WirePlacement {
  readonly mac: string;
  readonly at?: { readonly dpid: string; readonly port: number };
}

function viewOf(registry: Registry, address: string): unknown {
  const known = registry.state.places.byAddress.get(address);
  if (known !== undefined) return placementView(known);
  throw new BallastError('rest-unknown-placement', `Nothing is known of where ${address} is.`, {
    hint: 'GET /v1/placements lists what is known.',
  });
}

function addressIn(params: Call['params']): string {
  return canonicalAddress(params['address'] ?? '');
}
