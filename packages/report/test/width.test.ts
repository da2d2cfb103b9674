import { aBalancePolicy } from '@ballast/testkit';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  renderDiagnosis,
  renderExecution,
  renderExplanation,
  renderPlan,
  renderRoundLine,
  renderStatus,
  renderWeights,
} from '../src/index.ts';
import { truncate, wrap } from '../src/text/width.ts';
import { anyDiagnosis, anyExplanation, anyReport, aRound, aStepReport, aTable, aText } from './arbitraries.ts';

const aStyle = fc.record({
  width: fc.constantFrom(60, 80, 80, 80, 100, 120),
  colour: fc.boolean(),
  unicode: fc.boolean(),
});

/** The colour sequences that the renderers may write themselves. */
const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

/** Lines that are too wide, or hold a character that could get at the terminal's controls. */
function misfits(text: string, width: number): readonly string[] {
  if (!text.endsWith('\n')) return ['no line break at the end'];
  const lines = text.slice(0, -1).replace(SGR, '').split('\n');
  return lines.filter((line) => stringWidth(line) > width || /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(line));
}

describe('no line is wider than the terminal, and no name gets at its controls', () => {
  it('plan', () => {
    fc.assert(
      fc.property(anyReport, aStyle, (input, style) => {
        expect(misfits(renderPlan(input, 'text', style), style.width)).toEqual([]);
      }),
    );
  });
  it('status', () => {
    fc.assert(
      fc.property(anyReport, aStyle, ({ assessment }, style) => {
        expect(misfits(renderStatus(assessment, aBalancePolicy(), style), style.width)).toEqual([]);
      }),
    );
  });
  it('weights', () => {
    fc.assert(
      fc.property(aTable, aText, aStyle, (table, handle, style) => {
        const current = table.services.flatMap(({ service, members }) =>
          members.map(({ member, weight, state }) => ({
            service,
            guest: member.guest,
            handle,
            weight,
            scaled: 1,
            state,
          })),
        );
        expect(misfits(renderWeights(table, current, style), style.width)).toEqual([]);
      }),
    );
  });
  it('explanation', () => {
    fc.assert(
      fc.property(anyExplanation, aStyle, (explanation, style) => {
        expect(misfits(renderExplanation(explanation, style), style.width)).toEqual([]);
      }),
    );
  });
  it('diagnosis', () => {
    fc.assert(
      fc.property(anyDiagnosis, aStyle, (diagnosis, style) => {
        expect(misfits(renderDiagnosis(diagnosis, style), style.width)).toEqual([]);
      }),
    );
  });
  it('execution', () => {
    fc.assert(
      fc.property(fc.array(aStepReport, { maxLength: 5 }), aStyle, (steps, style) => {
        expect(misfits(renderExecution(steps, style), style.width)).toEqual([]);
      }),
    );
  });
  it('a round is one line', () => {
    fc.assert(
      fc.property(aRound, (report) => {
        expect(renderRoundLine(report)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('truncate', () => {
  it.each([
    ['pve1', 10, 'pve1'],
    ['pve-rack1-node-0001', 11, 'pve-r…-0001'],
    ['仮想マシン', 5, '仮…ン'],
    ['👩‍🚀👩‍🚀👩‍🚀', 5, '👩‍🚀…👩‍🚀'],
    ['abc', 1, 'a'],
    ['abc', 0, ''],
  ])('%s to %d columns', (text, width, expected) => {
    expect(truncate(text, width)).toBe(expected);
  });
  it('never exceeds its width, whatever the text', () => {
    fc.assert(
      fc.property(aText, fc.nat(90), (text, width) => {
        expect(stringWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces and cuts words longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
    expect(wrap('', 4)).toEqual([]);
  });
  it('loses nothing but spaces', () => {
    fc.assert(
      fc.property(aText, fc.integer({ min: 2, max: 90 }), (text, width) => {
        expect(wrap(text, width).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
