import { BallastError } from '@ballast/core';

/** One thing that is wrong with a configuration file. No field ever holds a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Keys and indices from the top, such as `services[0].port`; empty for the file as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** What to do, one or two sentences. */
  readonly hint?: string;
}

/** A configuration was refused: code `config-invalid`. Holds everything that is wrong; the message is printable as it is. */
export class ConfigError extends BallastError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super('config-invalid', messageOf(file, problems));
    this.problems = problems;
  }
}

/** One line, in the form that editors and terminals turn into a link: `FILE:LINE:COLUMN: ...`. */
function describeProblem(problem: ConfigProblem): string {
  const { file, line, column, path, expected, got, hint } = problem;
  const what = path === '' ? '' : `${path}: `;
  return `${file}:${line}:${column}: ${what}expected ${expected}, got ${got}.${hint === undefined ? '' : ` ${hint}`}`;
}

function messageOf(file: string, problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  return [`${count} wrong with the configuration ${file}:`, ...problems.map(describeProblem)].join('\n  ');
}
