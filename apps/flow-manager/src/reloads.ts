/** What SIGHUP asks for: one reload at a time, and one more for all that were asked for meanwhile. */
export class Reloads {
  #asked = false;
  #reload: (() => Promise<void>) | undefined;
  #running = false;

  /** From now on SIGHUP ends nothing: those that come before {@link begin} are carried out then. */
  constructor() {
    process.on('SIGHUP', () => {
      this.#asked = true;
      void this.#run();
    });
  }

  /** @param reload must not throw */
  begin(reload: () => Promise<void>): void {
    this.#reload = reload;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running || this.#reload === undefined) return;
    this.#running = true;
    while (this.#asked) {
      this.#asked = false;
      await this.#reload();
    }
    this.#running = false;
  }
}
