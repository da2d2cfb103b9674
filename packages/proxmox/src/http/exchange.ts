import type { Endpoint } from './endpoint.ts';

export interface Exchange {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** With `/api2/json`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What came back, whatever its status. */
export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly contentType: string;
  readonly body: string;
}

/** Carries single HTTP exchanges. */
export interface Transport {
  /** @throws {NoAnswer} when no whole answer came; the reason of `signal` when it was aborted. */
  send(exchange: Exchange): Promise<RawAnswer>;
  close(): void;
}
