import type { z } from 'zod';

/**
 * The value as the schema reads it.
 * @throws {Error} that says where the first thing is that was not as expected, and what: never the value itself
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(firstIssue(result.error));
}

export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it is not as expected';
  const path = issue.path.map(String).join('.');
  const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return path === '' ? message : `${path}: ${message}`;
}
