import { nearestNames } from '@ballast/core';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

/** What a template of names may speak of. */
const TEMPLATE_FIELDS = ['guest.name', 'guest.id', 'member.address', 'member.port', 'service.name'] as const;

const EXPECTED = `a name, or a template of {{${TEMPLATE_FIELDS.join('}}, {{')}}}`;
const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** A name in a load balancer, such as `web` or `{{guest.name}}`. HAProxy's own characters, no others. */
function readTemplate(value: unknown): Reading<string> {
  if (typeof value !== 'string' || value === '') return { expected: EXPECTED };
  const known: readonly string[] = TEMPLATE_FIELDS;
  const unknown = [...value.matchAll(FIELD)].map((match) => match[1] ?? '').find((field) => !known.includes(field));
  if (unknown !== undefined) {
    const near = nearestNames(unknown, known, 1)[0];
    return { expected: EXPECTED, ...(near === undefined ? {} : { hint: `Did you mean {{${near}}}?` }) };
  }
  const rest = value.replaceAll(FIELD, '');
  if (/\{\{|\}\}/.test(rest)) return { expected: EXPECTED, hint: 'Every {{ needs its }}.' };
  if (!/^[A-Za-z0-9_.:-]*$/.test(rest))
    return { expected: EXPECTED, hint: 'A name has letters, digits and _ . : - alone.' };
  return { value };
}

export function template(): z.ZodType<string> {
  return scalar(readTemplate, { type: 'string', examples: ['{{guest.name}}', 'web'] });
}
