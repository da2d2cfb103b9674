/** A kind of document that has a file of its own in the state directory: what it is called, how it is read and written. */
export interface DocumentKind<T> {
  /** What it is called in messages, and its key in the file: `history`. */
  readonly noun: string;
  /** The name of the file. */
  readonly file: string;
  /** What names the file as ours, whatever its version. */
  readonly schema: string;
  /**
   * The version of what is written. It grows with every change that an older Ballast would read wrongly; an addition
   * that an older one may ignore leaves it alone.
   */
  readonly version: number;
  /**
   * What makes plain JSON of version n + 1 of that of version n, by n. A version that has none is read as the next one.
   * An upgrade throws as {@link fromJson} does.
   */
  readonly upgrades?: Readonly<Record<number, (json: unknown) => unknown>>;
  /** What is used where there is no file yet. */
  readonly empty: T;
  /** What an empty one means for the user, the first half of a sentence: `Weights start afresh`. */
  readonly loss: string;
  /**
   * The value as plain JSON.
   * @throws an error whose message says what of it could not be read back
   */
  readonly toJson: (value: T) => unknown;
  /**
   * The value that plain JSON stands for.
   * @throws an error whose message says where something is not as expected, and what
   */
  readonly fromJson: (json: unknown) => T;
}

/** Keeps the newest of a kind of document. */
export interface DocumentStore<T> {
  /** The kind's `empty` when there is none yet. */
  load(): Promise<T>;
  save(value: T): Promise<void>;
}
