import { Outline } from '../problems/outline.ts';
import { type EditorSchema, editorSchema, NO_SOURCES } from '../schema/json.ts';
import { flowManagerSchema } from './schema.ts';

/** The schema of the flow manager's configuration; `infra/flow-manager.schema.json` holds it. */
export function flowManagerJsonSchema(): EditorSchema {
  const description = "The configuration of Ballast's flow manager.";
  return editorSchema(flowManagerSchema(NO_SOURCES), 'Ballast flow manager', description);
}

let known: Outline | undefined;

/** The outline of the configuration, for error messages. */
export function flowManagerOutline(): Outline {
  known ??= new Outline(flowManagerJsonSchema());
  return known;
}
