import { z } from 'zod';
import { type JsonSchema, Outline } from '../problems/outline.ts';
import { configSchema } from './config.ts';

/** The schema as JSON Schema (draft 2020-12), for editors; `infra/ballast.schema.json` holds it. */
export function jsonSchema(): JsonSchema & Readonly<Record<string, unknown>> {
  const nothing = { env: {}, readFile: () => '' };
  const schema = z.toJSONSchema(configSchema(nothing), {
    io: 'input',
    override: ({ jsonSchema: place }) => {
      // Sections default to "all their defaults": an empty mapping tells an editor nothing.
      if (JSON.stringify(place.default) === '{}') delete place.default;
    },
  }) as Record<string, unknown>;
  const { $schema, ...rest } = schema;
  return { $schema, title: 'Ballast', description: 'The configuration of Ballast.', ...rest };
}

let known: Outline | undefined;

/** The outline of the configuration, for error messages. */
export function outline(): Outline {
  known ??= new Outline(jsonSchema());
  return known;
}
