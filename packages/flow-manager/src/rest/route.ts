import type { JsonSchema } from './schemas.ts';

/** What a handler sees of a request. It was validated: `params` and `body` are as the schemas say. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One operation: what serves it, what validates it and what describes it, in one place. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** As OpenAPI writes it: `/v1/services/{name}`. */
  readonly path: string;
  /** OpenAPI's operationId. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: JsonSchema;
  readonly body?: JsonSchema;
  /** What a 200 holds; a 204 where it is left out. */
  readonly answer?: JsonSchema;
  /** Statuses of refusals, besides 401 and 500. */
  readonly refusals: readonly number[];
  /** May be a promise. */
  readonly handle: (call: Call) => unknown;
}
