import type { ServiceConnections } from '../balancer/options.ts';
import { serviceNamed } from '../registry/lookup.ts';
import { holdMember, releaseMember } from '../registry/members.ts';
import type { Registry } from '../registry/registry.ts';
import { putService, removeService } from '../registry/services.ts';
import type { RegistryState, ServiceSpec } from '../registry/state.ts';
import { putWeights, type WeightsChange } from '../registry/weights.ts';
import type { Call, Route } from './route.ts';
import { MEMBER_PARAMS, NAME_PARAMS, SERVICE, SERVICE_CHANGE, SERVICES, WEIGHTS, WEIGHTS_CHANGE } from './schemas.ts';
import { serviceView, weightsView } from './views.ts';

/** What is known of open connections, where it is counted. */
type Connections = () => readonly ServiceConnections[];

/** Services, their weights and their members. */
export function serviceRoutes(registry: Registry, connections: Connections = () => []): readonly Route[] {
  return [
    ...readingServices(registry, connections),
    ...changingServices(registry, connections),
    ...ofWeights(registry),
    ...ofMembers(registry),
  ];
}

const ONE: Pick<Route, 'path' | 'params'> = { path: '/v1/services/{name}', params: NAME_PARAMS };

function readingServices(registry: Registry, connections: Connections): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/services',
      id: 'listServices',
      summary: 'All services.',
      answer: SERVICES,
      refusals: [],
      handle: () => ({
        version: registry.state.version,
        services: [...registry.state.services.values()].map((service) => serviceView(service, connections())),
      }),
    },
    {
      ...ONE,
      method: 'GET',
      id: 'getService',
      summary: 'One service; its `spec` is what PUT takes.',
      answer: SERVICE,
      refusals: [400, 404],
      handle: ({ params }) => serviceView(serviceNamed(registry.state, nameIn(params)), connections()),
    },
  ];
}

function changingServices(registry: Registry, connections: Connections): readonly Route[] {
  return [
    {
      ...ONE,
      method: 'PUT',
      id: 'putService',
      summary: 'Makes a service, or makes it anew.',
      description:
        'Members that stay keep their weight and state where the body names none. Weights are 1 at first. A fencing ' +
        'token that is older than the newest seen is refused with 409; a person needs none.',
      body: SERVICE_CHANGE,
      answer: SERVICE,
      refusals: [400, 409, 413, 415, 422],
      handle: ({ params, body }) => {
        const { fencing, ...stated } = body as WireService;
        const spec: ServiceSpec = { ...stated, name: nameIn(params) };
        const token = fencing === undefined ? undefined : BigInt(fencing);
        return serviceView(
          serviceNamed(
            registry.change((state) => putService(state, spec, token)),
            spec.name,
          ),
          connections(),
        );
      },
    },
    {
      ...ONE,
      method: 'DELETE',
      id: 'deleteService',
      summary: 'Removes a service; open connections go on as long as switches know them.',
      refusals: [400, 404],
      handle: ({ params }) => void registry.change((state) => removeService(state, nameIn(params))),
    },
  ];
}

function ofWeights(registry: Registry): readonly Route[] {
  const route = {
    path: '/v1/services/{name}/weights',
    params: NAME_PARAMS,
    answer: WEIGHTS,
  };
  return [
    {
      ...route,
      method: 'GET',
      id: 'getWeights',
      summary: 'Weights and states of the members of a service, as they hold.',
      refusals: [400, 404],
      handle: ({ params }) => weightsView(serviceNamed(registry.state, nameIn(params))),
    },
    {
      ...route,
      method: 'PUT',
      id: 'putWeights',
      summary: 'Sets weights and states of a service at once: all of them, or none.',
      description:
        'Members that are not named keep what they have. Once a fencing token was seen, one that is older, or none, ' +
        'is refused with 409.',
      body: WEIGHTS_CHANGE,
      refusals: [400, 404, 409, 413, 415],
      handle: ({ params, body }) => {
        const name = nameIn(params);
        const change = changeIn(body as WireChange);
        return weightsView(
          serviceNamed(
            registry.change((state) => putWeights(state, name, change)),
            name,
          ),
        );
      },
    },
  ];
}

function ofMembers(registry: Registry): readonly Route[] {
  const route = (
    word: 'drain' | 'ready',
    change: (state: RegistryState, name: string, guest: number) => RegistryState,
  ): Pick<Route, 'method' | 'path' | 'params' | 'answer' | 'refusals' | 'handle'> => ({
    method: 'POST',
    path: `/v1/services/{name}/members/{guest}/${word}`,
    params: MEMBER_PARAMS,
    answer: WEIGHTS,
    refusals: [400, 404],
    handle: ({ params }) => {
      const name = nameIn(params);
      const state = registry.change((now) => change(now, name, Number(params['guest'])));
      return weightsView(serviceNamed(state, name));
    },
  });
  return [
    {
      ...route('drain', holdMember),
      id: 'drainMember',
      summary: 'Drains a member by hand: it stays drained, whatever weights are put, until it is said ready.',
    },
    {
      ...route('ready', releaseMember),
      id: 'readyMember',
      summary: 'Takes a member back, whoever drained it.',
    },
  ];
}

/** {@link ServiceSpec} as JSON has it. */
type WireService = Omit<ServiceSpec, 'name'> & { readonly fencing?: string };

/** {@link WeightsChange} as JSON has it. */
type WireChange = Omit<WeightsChange, 'fencing'> & { readonly fencing?: string };

function changeIn({ members, fencing }: WireChange): WeightsChange {
  return { members, ...(fencing !== undefined && { fencing: BigInt(fencing) }) };
}

function nameIn(params: Call['params']): string {
  return params['name'] ?? '';
}
