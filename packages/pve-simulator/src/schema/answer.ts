import { type Fields, fieldOf, type Spec } from './shape.ts';
import { readValue } from './value.ts';

/** One answer may be wrong in thousands of rows: so many are told. */
const TOLD = 20;

/** Where an answer is not as its description says: a path and what is wrong there. Keys that are not described may be there. */
export function answerProblems(spec: Spec, data: unknown): readonly string[] {
  const problems: string[] = [];
  check(spec, data, 'data', problems);
  return problems.slice(0, TOLD);
}

function check(spec: Spec, value: unknown, path: string, problems: string[]): void {
  if (problems.length >= TOLD) return;
  if (spec.kind === 'fields') checkFields(spec, value, path, problems);
  else if (spec.kind === 'list') checkList(spec.item, value, path, problems);
  else if (spec.type === 'any') return;
  else if (spec.type === 'null' || spec.type === 'object') {
    const fits = spec.type === 'null' ? value === null : isObject(value);
    if (!fits) problems.push(`${path}: expected ${spec.type}, got ${JSON.stringify(value)}`);
  } else {
    const read = readValue(spec, value);
    if (value === null || typeof value === 'boolean') problems.push(`${path}: expected ${spec.type}, got ${value}`);
    else if ('problem' in read) problems.push(`${path}: ${read.problem.trim()}`);
  }
}

function checkList(item: Spec, value: unknown, path: string, problems: string[]): void {
  if (!Array.isArray(value)) {
    problems.push(`${path}: expected a list, got ${JSON.stringify(value)}`);
    return;
  }
  value.forEach((entry, i) => {
    check(item, entry, `${path}[${i}]`, problems);
  });
}

function checkFields(fields: Fields, value: unknown, path: string, problems: string[]): void {
  if (!isObject(value)) {
    problems.push(`${path}: expected an object, got ${JSON.stringify(value)}`);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    const spec = fieldOf(fields, key)?.spec ?? fields.rest;
    if (spec !== undefined) check(spec, entry, `${path}.${key}`, problems);
  }
  for (const [key, field] of fields.byName) {
    if (!field.optional && value[key] === undefined) problems.push(`${path}.${key}: expected it, got nothing`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
