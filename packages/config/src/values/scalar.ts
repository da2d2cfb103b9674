import { z } from 'zod';
import { gotText, kindText } from '../problems/got.ts';

/** What became of reading a value: the value, or what was expected instead of it. */
export type Reading<T> =
  | { readonly value: T }
  | { readonly expected: string; readonly hint?: string; readonly got?: string };

/** The value that was read; nothing where it could not be, which the schema reports. */
export function valueIn<T>(reading: Reading<T>): T | undefined {
  return 'value' in reading ? reading.value : undefined;
}

/** Facts about the notation for the JSON schema, so that editors complete and check it too. */
export interface Notation {
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly examples?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ScalarOptions {
  /** The value may be a secret that stands in the wrong place: messages name its kind alone. */
  readonly secret?: boolean;
}

/** A zod schema for a value with a notation of its own, such as `80%` or `30s`. */
export function scalar<T>(
  read: (value: unknown) => Reading<T>,
  notation: Notation,
  options: ScalarOptions = {},
): z.ZodType<T> {
  return z
    .unknown()
    .meta({ ...notation })
    .transform((value, context) => {
      const reading = read(value);
      if ('value' in reading) return reading.value;
      const { expected, hint } = reading;
      const got = reading.got ?? (options.secret ? kindText(value) : gotText(value));
      context.addIssue({ code: 'custom', message: expected, params: { expected, got, hint } });
      return z.NEVER;
    });
}
