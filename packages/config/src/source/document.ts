import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Path } from '../problems/fault.ts';
import { offsetOf } from './place.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong with the text as YAML. */
export interface SyntaxFault extends Position {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** A YAML text as plain data, with the places its values stand at. */
export interface Source {
  /** Keys without a value are left out, as if they were not there. */
  readonly data: unknown;
  readonly faults: readonly SyntaxFault[];
  /** Where the value (or its key) stands; the nearest parent's place for what is missing. */
  locate(path: Path, atKey?: boolean): Position;
}

/** Reads a YAML 1.2 text. Throws nothing: what is wrong is in `faults`, and `data` is undefined when it cannot be told. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  keepLeadingZeros(document);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    // Offset 0 of an empty text has no line.
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = [...document.errors, ...document.warnings];
  const duplicates = syntax.filter((error) => error.code === 'DUPLICATE_KEY');
  // One slip makes the parser stumble on: what follows the first fault is mostly its echo. Duplicates stand alone.
  const first = syntax.find((error) => error.code !== 'DUPLICATE_KEY');
  const faults = [...(first === undefined ? [] : [first]), ...duplicates].map((error) =>
    syntaxFault(error, text, position(startOf(error, document))),
  );
  const alias = first === undefined ? danglingAlias(document) : undefined;
  if (alias !== undefined) faults.push({ ...position(alias.offset), ...ALIAS, got: `*${alias.name}` });
  const data = first === undefined && alias === undefined ? plainData(document) : undefined;
  if (data instanceof RangeError) faults.push({ ...position(0), ...LOOP });
  return {
    data: data instanceof RangeError ? undefined : data,
    faults,
    locate: (path, atKey = false) => position(offsetOf(document, path, atKey)),
  };
}

/** Digits that begin with a zero are ids, such as those of switches; as numbers they would be others. */
function keepLeadingZeros(document: Document.Parsed): void {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined && /^0\d/.test(node.source))
        node.value = node.source;
    },
  });
}

const LOOP = { path: '', expected: 'plain data', got: 'aliases that hold themselves, or too many of them' };
const ALIAS = { path: '', expected: 'an anchor defined above', hint: 'Quote the text if it only begins with a *.' };

function danglingAlias(document: Document.Parsed): { readonly name: string; readonly offset: number } | undefined {
  let found: { readonly name: string; readonly offset: number } | undefined;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      found = { name: node.source, offset: node.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

/** Where a fault begins: a quote that is not closed is noticed at the end of the file alone. */
function startOf(error: YAMLError, document: Document.Parsed): number {
  let start = error.pos[0];
  if (error.code !== 'MISSING_CHAR') return start;
  visit(document, {
    Scalar(_, node) {
      const [from, to] = node.range ?? [0, 0];
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      if (quoted && from < error.pos[0] && to >= error.pos[0]) start = from;
    },
  });
  return start;
}

function syntaxFault(error: YAMLError, text: string, at: Position): SyntaxFault {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return { ...at, path: key, expected: 'each key once', got: 'it a second time', hint: 'Remove one of the two.' };
  }
  const hint =
    error.code === 'TAB_AS_INDENT' ? 'Indent with spaces.' : 'Check the indentation and the quotes of this line.';
  // yaml's messages quote the source after a colon, and the source may hold a secret.
  const what = error.message.replace(/: .*$/s, '').replace(/;.*$/s, '');
  return { ...at, path: '', expected: 'valid YAML', got: `a fault: ${what}`, hint };
}

const DEEPEST = 50;

/** The values of a document; a RangeError for aliases that repeat or nest without end. */
function plainData(document: Document.Parsed): unknown {
  try {
    return withoutNulls(document.toJS());
  } catch (error) {
    // yaml throws a ReferenceError when aliases multiply beyond its limit (the billion laughs).
    return error instanceof RangeError ? error : new RangeError('aliases', { cause: error });
  }
}

/** An empty section, as in `rules:` with every entry commented out, is a section left out. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new RangeError('nested too deep');
  if (Array.isArray(value)) return value.map((inner) => withoutNulls(inner, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner, depth + 1)]),
  );
}
