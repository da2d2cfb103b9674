import type { Route } from './route.ts';
import { ERROR, type JsonSchema } from './schemas.ts';

type Components = Map<string, JsonSchema>;

const REFUSED: Readonly<Record<number, string>> = {
  400: 'The request is malformed; the message names the field.',
  401: 'The bearer token is missing or wrong.',
  404: 'There is no such thing; the message names the nearest.',
  409: 'The fencing token, or the generation, is older than the newest seen, or missing.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not JSON.',
  422: 'It is well-formed, and cannot be carried out.',
  500: 'The flow manager failed; its log says why.',
  503: 'The switch has gone.',
  504: 'The switch does not answer.',
};

/** The OpenAPI 3.1 document of the routes: made of the schemas that validate them, so that it cannot say otherwise. */
export function openApiOf(routes: readonly Route[], secured: boolean): JsonSchema {
  const components: Components = new Map();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operationOf(route, components, secured);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Ballast flow manager', version: '1', license: { name: 'GPL-3.0-or-later' } },
    paths,
    components: {
      schemas: Object.fromEntries(components),
      ...(secured && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
    ...(secured && { security: [{ bearer: [] }] }),
  };
}

function operationOf(route: Route, components: Components, secured: boolean): unknown {
  const { id, summary, description, params, body, answer, refusals } = route;
  const json = (schema: JsonSchema): unknown => ({
    content: { 'application/json': { schema: referring(schema, components) } },
  });
  const refused = [...refusals, ...(secured ? [401] : []), 500].map((status) => [
    status,
    { description: REFUSED[status] ?? 'It was refused.', ...(json(ERROR) as object) },
  ]);
  const done =
    answer === undefined
      ? [204, { description: 'It is done.' }]
      : [200, { description: summary, ...(json(answer) as object) }];
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    ...(params !== undefined && { parameters: parametersOf(params) }),
    ...(body !== undefined && { requestBody: { required: true, ...(json(body) as object) } }),
    responses: Object.fromEntries([done, ...refused]),
  };
}

function parametersOf(params: JsonSchema): readonly unknown[] {
  const properties = Object.entries(params['properties'] as Readonly<Record<string, JsonSchema>>);
  return properties.map(([name, schema]) => ({ name, in: 'path', required: true, schema }));
}

/** The schema with its titled parts, itself too, moved to the components. */
function referring(schema: JsonSchema, components: Components): unknown {
  const title = schema['title'];
  if (typeof title !== 'string') return within(schema, components);
  if (!components.has(title)) {
    components.set(title, {});
    components.set(title, within(schema, components));
  }
  return { $ref: `#/components/schemas/${title}` };
}

function within(schema: JsonSchema, components: Components): JsonSchema {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  const items = schema['items'] as JsonSchema | undefined;
  const entries = Object.entries(properties ?? {}).map(([key, value]) => [key, referring(value, components)]);
  return {
    ...schema,
    ...(properties !== undefined && { properties: Object.fromEntries(entries) }),
    ...(items !== undefined && { items: referring(items, components) }),
  };
}
