/** No answer came. Holds no part of the request: axios' own error would carry its headers, and the secret with them. */
export class NoAnswer extends Error {
  readonly errno: string;
  readonly unsent: boolean;

  constructor(errno: string, message: string, unsent: boolean) {
    super(message);
    this.name = 'NoAnswer';
    this.errno = errno;
    this.unsent = unsent;
  }
}
