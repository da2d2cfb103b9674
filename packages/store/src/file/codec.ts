import type { History } from '@ballast/core';
import type { z } from 'zod';
import { StoreError } from '../errors.ts';
import { envelopeSchema, historySchema, SCHEMA_VERSION } from './schema.ts';

/**
 * The text of a history file.
 * @throws {StoreError} `store-invalid` where the history holds what could not be read back, such as a NaN.
 */
export function encode(history: History): string {
  const checked = historySchema.safeParse(history);
  if (!checked.success) {
    throw new StoreError('store-invalid', `Could not save the history: ${firstIssue(checked.error)}.`, {
      hint: 'This is a defect of Ballast, please report it; what was saved before is intact.',
    });
  }
  return `${JSON.stringify({ schema: 'ballast-history', version: SCHEMA_VERSION, history: checked.data })}\n`;
}

/**
 * The history in the text of a file.
 * @throws {StoreError} `store-damaged` or `store-newer`
 */
export function decode(text: string, path: string): History {
  const value = parseJson(text, path);
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) throw damaged(path, `it is no history of Ballast (${firstIssue(envelope.error)})`);
  const { version } = envelope.data;
  if (version > SCHEMA_VERSION) throw newer(path, version);
  const history = historySchema.safeParse((value as { readonly history?: unknown }).history);
  if (!history.success) throw damaged(path, firstIssue(history.error, ['history']));
  return history.data;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(path, text.trim() === '' ? 'it is empty' : 'it is no JSON, or was cut short', cause);
  }
}

function damaged(path: string, what: string, cause?: unknown): StoreError {
  return new StoreError('store-damaged', `The history in ${path} cannot be read: ${what}.`, { cause });
}

function newer(path: string, version: number): StoreError {
  return new StoreError(
    'store-newer',
    `Expected the history in ${path} to have schema version ${SCHEMA_VERSION} or less, got ${version}.`,
    { hint: 'A newer Ballast wrote it: run that one, or move the file away to start with an empty history.' },
  );
}

/** Where the first thing is that was not as expected, and what: never the value itself. */
function firstIssue(error: z.ZodError, root: readonly PropertyKey[] = []): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it is not as expected';
  const path = [...root, ...issue.path].map(String).join('.');
  return path === '' ? lower(issue.message) : `${path}: ${lower(issue.message)}`;
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
