import type { Milliseconds } from '@ballast/core';
import type { Registry } from 'prom-client';
import { BoundedLabel, OTHER } from '../bounded.ts';
import { counter, histogram } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';

/** One request to the REST API that was answered. */
export interface RestRequest {
  readonly method: string;
  /** The route's template, such as `/v1/services/:name`; `undefined` for a path that there is not. */
  readonly route: string | undefined;
  readonly status: number;
  readonly duration: Milliseconds;
}

/** More than there are routes. */
const MOST_ROUTES = 64;
/** Any other is no method that a client of ours would use. */
const METHODS = ['GET', 'PUT', 'POST', 'DELETE'];

/** Returns what counts a request. */
export function requestMetrics(registry: Registry): (request: RestRequest) => void {
  const total = counter(registry, NAMES.requests);
  const duration = histogram(registry, NAMES.requestDuration);
  const fenced = counter(registry, NAMES.fenced);
  const routes = new BoundedLabel(MOST_ROUTES);

  return ({ method, route, status, duration: took }) => {
    const labels = {
      method: METHODS.includes(method) ? method : OTHER,
      route: route === undefined ? OTHER : routes.of(templateOf(route)),
    };
    total.inc({ ...labels, status: String(status) });
    duration.observe(took / 1000);
    if (status === 409) fenced.inc();
  };
}

/** As the OpenAPI document writes it: `/v1/services/{name}`. */
function templateOf(route: string): string {
  return route.replaceAll(/:(\w+)/g, '{$1}');
}
