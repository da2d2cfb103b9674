import { z } from 'zod';
import { StoreError } from '../errors.ts';
import type { DocumentKind } from './kind.ts';
import { firstIssue } from './zod.ts';

/**
 * The text of a document's file.
 * @throws {StoreError} `store-invalid` where the value holds what could not be read back, such as a NaN.
 */
export function encode<T>(kind: DocumentKind<T>, value: T): string {
  const { noun, schema, version } = kind;
  try {
    return `${JSON.stringify({ schema, version, [noun]: kind.toJson(value) })}\n`;
  } catch (cause) {
    throw new StoreError('store-invalid', `Could not save the ${noun}: ${messageOf(cause)}.`, {
      cause,
      hint: 'This is a defect of Ballast, please report it; what was saved before is intact.',
    });
  }
}

/**
 * The value in the text of a file.
 * @throws {StoreError} `store-damaged` or `store-newer`
 */
export function decode<T>(kind: DocumentKind<T>, text: string, path: string): T {
  const { noun } = kind;
  const damaged = (what: string, cause?: unknown): StoreError =>
    new StoreError('store-damaged', `The ${noun} in ${path} cannot be read: ${what}.`, { cause });
  const value = parseJson(text, damaged);
  const envelope = z.object({ schema: z.literal(kind.schema), version: z.int().positive() }).safeParse(value);
  if (!envelope.success) throw damaged(`it is no ${noun} of Ballast (${firstIssue(envelope.error)})`);
  if (envelope.data.version > kind.version) throw newer(kind, path, envelope.data.version);
  try {
    return kind.fromJson((value as Readonly<Record<string, unknown>>)[noun]);
  } catch (cause) {
    throw damaged(messageOf(cause), cause);
  }
}

function parseJson(text: string, damaged: (what: string, cause: unknown) => StoreError): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(text.trim() === '' ? 'it is empty' : 'it is no JSON, or was cut short', cause);
  }
}

function newer<T>({ noun, version }: DocumentKind<T>, path: string, got: number): StoreError {
  return new StoreError(
    'store-newer',
    `Expected the ${noun} in ${path} to have schema version ${version} or less, got ${got}.`,
    { hint: `A newer Ballast wrote it: run that one, or move the file away to start with an empty ${noun}.` },
  );
}

/** Without the full stop that a sentence of its own ends with. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
