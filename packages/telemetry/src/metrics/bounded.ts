/** What the values of a label are counted as once there are too many of them. */
export const OTHER = 'other';

/** Lets through so many different values of a label, and makes {@link OTHER} of all that come later. */
export class BoundedLabel {
  readonly #most: number;
  readonly #known = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#most) return OTHER;
    this.#known.add(value);
    return value;
  }
}
