import { describe, expect, it } from 'vitest';
import { parseTraces, TraceError } from '../../src/index.ts';

describe('parseTraces', () => {
  it.each([
    { name: 'plain', csv: 'a,0,50,100\nb,1,2,3\n' },
    { name: 'without a last line break', csv: 'a,0,50,100\nb,1,2,3' },
    {
      name: 'with the line ends of Windows, a mark at the start and empty lines',
      csv: '\ufeffa,0,50,100\r\n\r\nb,1,2,3\r\n',
    },
    { name: 'with blanks and quotes', csv: ' a , 0, 50, 100\n"b",1,2,3\n' },
  ])('reads lines of a name and percentages: $name', ({ csv }) => {
    expect(parseTraces(csv)).toEqual([
      { name: 'a', samples: [0, 0.5, 1] },
      { name: 'b', samples: [0.01, 0.02, 0.03] },
    ]);
  });

  it.each([
    { csv: '', line: 1, problem: 'expected at least one machine, got an empty file.' },
    { csv: 'a,1\n,2\n', line: 2, problem: 'expected a name first, got none.' },
    { csv: 'a,1\nb\n', line: 2, problem: "expected samples after the name 'b', got none." },
    { csv: 'a,1,2\nb,1\n', line: 2, problem: 'expected 2 samples as in the first line, got 1.' },
    { csv: 'a,1,2\nb,1,x\n', line: 2, problem: "expected a percentage 0..100 in column 3, got 'x'." },
    { csv: 'a,1,2\nb,1,\n', line: 2, problem: "expected a percentage 0..100 in column 3, got ''." },
    { csv: 'a,1\n\nb,101\n', line: 3, problem: "expected a percentage 0..100 in column 2, got '101'." },
    { csv: 'a,-1\n', line: 1, problem: "expected a percentage 0..100 in column 2, got '-1'." },
    { csv: 'a,1\nb,2\na,3\n', line: 3, problem: "expected a name of its own, got 'a' of line 1 again." },
    { csv: 'name,t0,t1\na,1,2\n', line: 1, problem: "expected a percentage 0..100 in column 2, got 't0'." },
  ])('names the line of $problem', ({ csv, line, problem }) => {
    const error = thrownBy(() => parseTraces(csv));
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toMatchObject({ code: 'trace-invalid', line, message: `Line ${line} of the traces: ${problem}` });
  });

  it('names the line of quotes that do not close', () => {
    expect(thrownBy(() => parseTraces('a,1\n"b,2\n'))).toMatchObject({ code: 'trace-invalid' });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
