import type { Milliseconds, Ratio } from '@ballast/core';

type Shares = ReadonlyMap<string, Ratio>;

const LOOK_EVERY: Milliseconds = 500;

/** Keeps what each guest was to get of the new connections, so that it can be held against what it got. */
export class ShareLog {
  readonly #entries: { readonly at: number; readonly shares: Shares }[] = [];
  readonly #read: () => Promise<Shares>;
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Promise<Shares>) {
    this.#read = read;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The mean since a moment, by the guest's name; with what holds now. */
  async since(from: number): Promise<Shares> {
    await this.#look();
    return meanOf(this.#entries.filter(({ at }) => at >= from).map(({ shares }) => shares));
  }

  /** A flow manager that does not answer is seen by what becomes of its traffic. */
  async #look(): Promise<void> {
    const at = performance.now();
    const shares = await this.#read().catch(() => undefined);
    if (shares !== undefined) this.#entries.push({ at, shares });
  }
}

function meanOf(all: readonly Shares[]): Shares {
  const sums = new Map<string, Ratio>();
  for (const shares of all)
    for (const [guest, share] of shares) sums.set(guest, (sums.get(guest) ?? 0) + share / all.length);
  return sums;
}
