/**
 * Frames that wait, up to a number of them: the oldest makes room for the newest. For packet-ins, where the newest tells
 * most: who sent an old one has sent it again by then.
 */
export class Backlog {
  readonly #frames: (Uint8Array | undefined)[];
  #first = 0;
  #length = 0;
  /** Frames that made room. */
  dropped = 0;

  constructor(capacity: number) {
    this.#frames = Array.from({ length: capacity }, () => undefined);
  }

  get length(): number {
    return this.#length;
  }

  /** Keeps a copy: the frame is a view of a chunk that would stay in memory as a whole. */
  push(frame: Uint8Array): void {
    const capacity = this.#frames.length;
    if (this.#length === capacity) {
      this.shift();
      this.dropped += 1;
    }
    this.#frames[(this.#first + this.#length) % capacity] = frame.slice();
    this.#length += 1;
  }

  shift(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const frame = this.#frames[this.#first];
    this.#frames[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#frames.length;
    this.#length -= 1;
    return frame;
  }

  clear(): void {
    this.#frames.fill(undefined);
    this.#length = 0;
  }
}
