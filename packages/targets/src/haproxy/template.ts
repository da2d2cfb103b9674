import { type Member, nearestNames } from '@ballast/core';

/** What a template of names may speak of. */
export const TEMPLATE_FIELDS = ['guest.name', 'guest.id', 'member.address', 'member.port', 'service.name'] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with a template, one sentence each; empty when nothing is. */
export function checkTemplate(template: string): readonly string[] {
  const known: readonly string[] = TEMPLATE_FIELDS;
  const problems = [...template.matchAll(FIELD)]
    .map((match) => match[1] ?? '')
    .filter((field) => !known.includes(field))
    .map((field) => {
      const near = nearestNames(field, known, 1)[0];
      return `Expected a field of a template to be one of ${known.join(', ')}, got "${field}"${near ? `; did you mean ${near}?` : '.'}`;
    });
  if (/\{\{|\}\}/.test(template.replaceAll(FIELD, ''))) {
    problems.push(`Expected every {{ of a template to have its }}, got "${template}".`);
  }
  return problems;
}

/** Fills a template that {@link checkTemplate} found nothing wrong with. */
export function fillTemplate(template: string, service: string, member: Member): string {
  const values: Readonly<Record<TemplateField, string>> = {
    'guest.name': member.name,
    'guest.id': String(member.guest),
    'member.address': member.address ?? '',
    'member.port': String(member.port),
    'service.name': service,
  };
  return template.replaceAll(FIELD, (_, field: string) => values[field as TemplateField] ?? '');
}

/** Whether a template speaks of the member's address. */
export function namesAddress(template: string): boolean {
  return [...template.matchAll(FIELD)].some((match) => match[1] === 'member.address');
}
