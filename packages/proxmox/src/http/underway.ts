/**
 * Requests that end together. A signal would do, but each of them would have to listen to it: that costs more than
 * the rest of what is done around a request.
 */
export class Underway {
  readonly #requests = new Set<AbortController>();
  #ended: { readonly reason: unknown } | undefined;

  /** Ends a request with the others; at once, when they have ended. */
  join(request: AbortController): void {
    if (this.#ended === undefined) this.#requests.add(request);
    else request.abort(this.#ended.reason);
  }

  leave(request: AbortController): void {
    this.#requests.delete(request);
  }

  /** Ends those that are under way, and each that comes later. */
  end(reason: unknown): void {
    this.#ended ??= { reason };
    for (const request of this.#requests) request.abort(reason);
    this.#requests.clear();
  }
}
