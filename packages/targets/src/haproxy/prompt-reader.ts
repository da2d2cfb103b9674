/** What HAProxy ends every reply with on a connection in prompt mode. */
export const PROMPT = '\n> ';

/**
 * Cuts what arrives on a connection in prompt mode into replies. A reply ends where the prompt follows it;
 * the empty reply is success for most commands.
 */
export class PromptReader {
  #rest = '';

  /** The replies that are complete now; bytes after the last prompt are kept for the next chunk. */
  push(chunk: string): readonly string[] {
    const parts = (this.#rest + chunk).split(PROMPT);
    this.#rest = parts.pop() ?? '';
    return parts;
  }

  /** The beginning of a reply whose prompt has not arrived. */
  get rest(): string {
    return this.#rest;
  }
}
