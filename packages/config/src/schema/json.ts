import { z } from 'zod';
import { type JsonSchema, Outline } from '../problems/outline.ts';
import { configSchema } from './config.ts';

/** A JSON Schema (draft 2020-12), for editors. */
export type EditorSchema = JsonSchema & Readonly<Record<string, unknown>>;

/** The schema of the operator's configuration; `infra/ballast.schema.json` holds it. */
export function jsonSchema(): EditorSchema {
  return editorSchema(configSchema(NO_SOURCES), 'Ballast', 'The configuration of Ballast.');
}

/** What a schema is made with that reads nothing. */
export const NO_SOURCES: Parameters<typeof configSchema>[0] = { env: {}, readFile: () => '' };

export function editorSchema(schema: z.ZodType, title: string, description: string): EditorSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema: place }) => {
      // Sections default to "all their defaults": an empty mapping tells an editor nothing.
      if (JSON.stringify(place.default) === '{}') delete place.default;
    },
  }) as Record<string, unknown>;
  const { $schema, ...rest } = made;
  return { $schema, title, description, ...rest };
}

let known: Outline | undefined;

/** The outline of the configuration, for error messages. */
export function outline(): Outline {
  known ??= new Outline(jsonSchema());
  return known;
}
