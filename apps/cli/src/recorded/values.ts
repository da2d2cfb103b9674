import { z } from 'zod';

// What the messages of these schemas say is the second half of `expected ...`: see problemsOf.

export const text: z.ZodType<string> = z.string('a text');
export const flag: z.ZodType<boolean> = z.boolean('true or false');
export const texts: z.ZodType<string[]> = list(text);

const NUMBER = 'a number';
export const number: z.ZodType<number> = z.number(NUMBER);

const AMOUNT = 'a number, at least 0';
export const amount: z.ZodType<number> = z.number(AMOUNT).nonnegative(AMOUNT);

const POSITIVE = 'a number above 0';
export const positive: z.ZodType<number> = z.number(POSITIVE).positive(POSITIVE);

const RATIO = 'a number from 0 to 1';
export const ratio: z.ZodType<number> = z.number(RATIO).min(0, RATIO).max(1, RATIO);

const COUNT = 'a whole number, at least 0';
export const count: z.ZodType<number> = z.int(COUNT).nonnegative(COUNT);

const GUEST = 'the number of a guest, such as 100';
export const guestId: z.ZodType<number> = z.int(GUEST).positive(GUEST);
export const guestIds: z.ZodType<number[]> = list(guestId);

/** The last moment of the year 9999. What lies far behind it has no date. */
const LAST = 253_402_300_799_999;
const INSTANT = 'a time in milliseconds since 1970, before the year 10000';
export const instant: z.ZodType<number> = z.number(INSTANT).nonnegative(INSTANT).max(LAST, INSTANT);

export function list<T>(of: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(of, 'a list');
}

/** An object whose keys are names. */
export function named<T>(of: z.ZodType<T>): z.ZodType<Record<string, T>> {
  return z.record(z.string(), of, 'an object');
}

/** An object with these fields; more may be there. */
export function having<T extends z.ZodRawShape>(fields: T): z.ZodObject<T, z.core.$strip> {
  return z.object(fields, 'an object');
}

export function oneOf<const T extends readonly [string, ...string[]]>(words: T): z.ZodType<T[number]> {
  return z.enum(words, `one of ${words.join(', ')}`);
}
