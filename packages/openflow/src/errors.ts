/**
 * Why bytes are no message, or an object cannot become bytes.
 *
 * Of bytes: `truncated` (they end inside a structure), `bad-length` (a length field contradicts its structure),
 * `bad-value` (a value that the structure forbids), `unsupported-version`, `too-deep` (actions or messages nested
 * past what is sensible), `too-long` (a message past the reader's bound).
 * Of objects: `out-of-range` (a number or text that its field cannot hold), `not-in-version` (the version has no
 * such thing), `too-long` (past the 65,535 bytes that a header can state).
 */
export type OpenFlowErrorCode =
  | 'truncated'
  | 'bad-length'
  | 'bad-value'
  | 'unsupported-version'
  | 'too-deep'
  | 'too-long'
  | 'out-of-range'
  | 'not-in-version';

/** The only error that this package throws. `offset` counts bytes from the start of what was read. */
export class OpenFlowError extends Error {
  readonly code: OpenFlowErrorCode;
  readonly offset: number | undefined;

  constructor(code: OpenFlowErrorCode, message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.name = 'OpenFlowError';
    this.code = code;
    this.offset = offset;
  }
}
