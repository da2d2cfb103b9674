import { crc32 } from 'node:zlib';
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
    const content = JSON.stringify(kind.toJson(value));
    const head = JSON.stringify({ schema, version, checksum: checksumOf(content) });
    return `${head.slice(0, -1)},${JSON.stringify(noun)}:${content}}\n`;
  } catch (cause) {
    throw new StoreError('store-invalid', `Could not save the ${noun}: ${messageOf(cause)}.`, {
      cause,
      hint: 'This is a defect of Ballast, please report it; what was saved before is intact.',
    });
  }
}

/** What a text holds, and the version of Ballast's notation that it was written in. */
export interface Decoded<T> {
  readonly value: T;
  readonly version: number;
}

/**
 * The value in the text of a file.
 * @throws {StoreError} `store-damaged` or `store-newer`
 */
export function decode<T>(kind: DocumentKind<T>, text: string, path: string): Decoded<T> {
  const { noun } = kind;
  const damaged = (what: string, cause?: unknown): StoreError =>
    new StoreError('store-damaged', `The ${noun} in ${path} cannot be read: ${what}.`, { cause });
  const value = parseJson(text, damaged);
  const envelope = envelopeOf(kind).safeParse(value);
  if (!envelope.success) throw damaged(`it is no ${noun} of Ballast (${firstIssue(envelope.error)})`);
  const { version, checksum } = envelope.data;
  if (version > kind.version) throw newer(kind, path, version);
  const content = (value as Readonly<Record<string, unknown>>)[noun];
  // What was parsed is written again as it was: the notation of numbers and the order of keys are those of JSON.stringify.
  if (checksum !== undefined && checksum !== checksumOf(JSON.stringify(content) ?? '')) {
    throw damaged('its checksum tells that it was changed; who edits it by hand takes `checksum` out');
  }
  try {
    return { value: kind.fromJson(upgraded(kind, content, version)), version };
  } catch (cause) {
    throw damaged(messageOf(cause), cause);
  }
}

/** CRC-32 of the content's text, in hexadecimal; documents of before there were checksums have none. */
function checksumOf(content: string): string {
  return crc32(content).toString(16).padStart(8, '0');
}

function envelopeOf<T>(kind: DocumentKind<T>): z.ZodType<{ version: number; checksum?: string | undefined }> {
  return z.object({ schema: z.literal(kind.schema), version: z.int().positive(), checksum: z.string().optional() });
}

function upgraded<T>(kind: DocumentKind<T>, content: unknown, from: number): unknown {
  let json = content;
  for (let version = from; version < kind.version; version++) {
    const upgrade = kind.upgrades?.[version];
    if (upgrade !== undefined) json = upgrade(json);
  }
  return json;
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
