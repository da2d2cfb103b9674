/** How text is to be written. */
export interface TextStyle {
  /** Columns; fewer than 60 are taken as 60. */
  readonly width: number;
  readonly colour: boolean;
  /** Arrows, dots and bars beyond ASCII; true by default. */
  readonly unicode?: boolean;
}

export const PLAIN: TextStyle = { width: 80, colour: false };

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Colour = keyof typeof CODES;

export interface Glyphs {
  readonly arrow: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly dash: string;
  readonly rule: string;
  readonly done: string;
  readonly failed: string;
  readonly running: string;
  readonly waiting: string;
}

const UNICODE: Glyphs = {
  arrow: '→',
  ellipsis: '…',
  dot: '·',
  dash: '–',
  rule: '─',
  done: '✓',
  failed: '✗',
  running: '●',
  waiting: '○',
};
const ASCII: Glyphs = {
  arrow: '->',
  ellipsis: '...',
  dot: '-',
  dash: '-',
  rule: '-',
  done: '+',
  failed: 'x',
  running: '*',
  waiting: '.',
};

/** A style, ready to write with. */
export interface Pen {
  readonly width: number;
  readonly unicode: boolean;
  readonly glyphs: Glyphs;
  paint(colour: Colour | undefined, text: string): string;
  /** A text from elsewhere, fit for a terminal: without control characters, which could move the cursor or worse. */
  say(text: string): string;
}

export function penOf(style: TextStyle): Pen {
  const unicode = style.unicode ?? true;
  return {
    width: Math.max(60, Math.floor(style.width)),
    unicode,
    glyphs: unicode ? UNICODE : ASCII,
    paint: (colour, text) => (style.colour && colour !== undefined && text !== '' ? painted(colour, text) : text),
    say: (text) => (unicode ? printable(text) : printable(text).replaceAll('→', '->').replaceAll('…', '...')),
  };
}

function painted(colour: Colour, text: string): string {
  const [open, close] = CODES[colour];
  return `\u001b[${open}m${text}\u001b[${close}m`;
}

/** One line without control, formatting or line-separating characters. */
export function printable(text: string): string {
  return text
    .replace(/[\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
}
