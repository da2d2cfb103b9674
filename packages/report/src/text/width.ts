import stringWidth from 'string-width';

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** At most `width` columns. The middle goes first: the ends of `pve-rack1-node-0001` tell it from its neighbours. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (columnsOf(text) <= width) return text;
  const room = width - columnsOf(ellipsis);
  if (room < 1) return take([...text], width);
  const head = take([...text], Math.ceil(room / 2));
  const tail = [...take([...text].reverse(), room - columnsOf(head))].reverse().join('');
  return head + ellipsis + tail;
}

function take(characters: readonly string[], width: number): string {
  let taken = '';
  for (const character of characters) {
    if (columnsOf(taken + character) > width) break;
    taken += character;
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
  const cut: string[] = [];
  let rest = word;
  while (columnsOf(rest) > width) {
    // A wide character in a column of one would never fit: taking it whole ends the loop.
    const piece = take([...rest], width) || ([...rest][0] ?? rest);
    cut.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...cut, rest];
}
