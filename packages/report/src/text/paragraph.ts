import type { Colour, Pen } from './style.ts';
import { columnsOf, padEnd, wrap } from './width.ts';

/** A text broken into lines, each behind `indent` blanks. */
export function paragraph(text: string, pen: Pen, indent = 0, colour?: Colour): readonly string[] {
  return wrap(pen.say(text), pen.width - indent).map((line) => ' '.repeat(indent) + pen.paint(colour, line));
}

/** A label with its text beside it; further lines stand under the text. */
export function labelled(label: string, text: string, pen: Pen, indent: number, labelWidth: number): readonly string[] {
  const lines = wrap(pen.say(text), pen.width - indent - labelWidth);
  return lines.map((line, i) => {
    const head = i === 0 ? pen.paint('dim', label) + ' '.repeat(Math.max(0, labelWidth - columnsOf(label))) : '';
    return ' '.repeat(indent) + (i === 0 ? head : padEnd('', labelWidth)) + line;
  });
}
