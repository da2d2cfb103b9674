import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** At most `width` columns. The middle goes first: the ends of `pve-rack1-node-0001` tell it from its neighbours. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (columnsOf(text) <= width) return text;
  const characters = charactersOf(text);
  const room = width - columnsOf(ellipsis);
  if (room < 1) return take(characters, width);
  const head = take(characters, Math.ceil(room / 2));
  const tail = takeLast(characters, room - columnsOf(head));
  return head + ellipsis + tail;
}

/** What a reader takes for characters: a letter with its accents, a flag, an emoji with its modifiers. */
function charactersOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function take(characters: readonly string[], width: number): string {
  let taken = '';
  let columns = 0;
  for (const character of characters) {
    columns += columnsOf(character);
    if (columns > width) break;
    taken += character;
  }
  return taken;
}

function takeLast(characters: readonly string[], width: number): string {
  let taken = '';
  let columns = 0;
  for (const character of characters.toReversed()) {
    columns += columnsOf(character);
    if (columns > width) break;
    taken = character + taken;
  }
  return taken;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text;
}

/** Lines of at most `width` columns, broken at spaces; a word that is longer than a line is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].filter((each) => each !== '');
}

function pieces(word: string, width: number): readonly string[] {
  if (columnsOf(word) <= width) return [word];
  const cut: string[] = [];
  let rest = charactersOf(word);
  while (rest.length > 0) {
    // A wide character in a column of one would never fit: taking it whole ends the loop.
    const piece = take(rest, width) || (rest[0] ?? '');
    cut.push(piece);
    rest = rest.slice(charactersOf(piece).length);
  }
  return cut;
}
