import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';
import { readText, type Sources } from './secret.ts';

/** Certificates, by the path of the PEM file that holds them; their text afterwards. */
export function certificates(sources: Sources, example: string): z.ZodType<string> {
  return pem(sources, 'certificates', /-----BEGIN CERTIFICATE-----/, example);
}

/** A private key, by the path of its PEM file; its text afterwards. */
export function privateKey(sources: Sources, example: string): z.ZodType<string> {
  return pem(sources, 'a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, example);
}

function pem(sources: Sources, what: string, mark: RegExp, example: string): z.ZodType<string> {
  const expected = `a file of ${what} in PEM`;
  return scalar(
    (value): Reading<string> => {
      if (typeof value !== 'string' || value === '') return { expected };
      // Messages name the file: what is pasted in its place must not come back in one.
      if (/[\r\n]|-----BEGIN/.test(value)) {
        return { expected, got: 'a text of several lines (not shown)', hint: 'Give the path.' };
      }
      const read = readText(value, sources, what);
      if (!('value' in read) || mark.test(read.value)) return read;
      return { expected: `the file ${value} to hold ${what} in PEM`, got: 'something else' };
    },
    { type: 'string', examples: [example] },
  );
}
