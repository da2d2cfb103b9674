import type { Monitor } from '@ballast/core';
import { z } from 'zod';
import { duration } from '../values/duration.ts';
import { type Reading, scalar } from '../values/scalar.ts';

const HTTP = { method: 'GET', path: '/', expectedCodes: [200] } as const;

/** Health checks of members, in the words of LBaaS. */
export function monitor(): z.ZodType<Monitor> {
  return z
    .strictObject({
      type: z
        .enum(['ping', 'tcp', 'http'])
        .describe('ping: answers an echo; tcp: takes a connection; http: answers a request.'),
      delay: duration('100ms', '1h').prefault('2s').describe('From the start of a probe to the start of the next.'),
      timeout: duration('100ms', '5m').prefault('1s').describe('Longest wait for the answer to a probe.'),
      maxRetries: z.int().min(1).max(100).prefault(2).describe('Successes in a row before a member is taken back.'),
      maxRetriesDown: z.int().min(1).max(100).prefault(3).describe('Failures in a row before it is taken out.'),
      http: http().exactOptional().describe('The request of the type http.'),
    })
    .describe('Health checks of the members; none when left out.')
    .transform(({ http: stated, ...rest }) => {
      if (rest.type !== 'http') return rest;
      return { ...rest, http: { ...(stated ?? HTTP), expectedCodes: [...(stated ?? HTTP).expectedCodes] } };
    });
}

function http(): z.ZodType<NonNullable<Monitor['http']>> {
  return z.strictObject({
    method: text('^[A-Z]{1,16}$', 'a method of HTTP, such as GET or HEAD')
      .prefault(HTTP.method)
      .describe('Its method.'),
    path: text('^/[!-~]*$', 'a path that begins with /').prefault(HTTP.path).describe('Its path.'),
    expectedCodes: z
      .array(z.int().min(100).max(599))
      .min(1)
      .prefault([...HTTP.expectedCodes])
      .describe('Status codes of a member that is well.'),
  });
}

function text(pattern: string, expected: string): z.ZodType<string> {
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> => (typeof value === 'string' && expression.test(value) ? { value } : { expected }),
    { type: 'string', pattern },
  );
}
