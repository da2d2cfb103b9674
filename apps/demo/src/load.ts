import { Agent, request } from 'node:http';
import type { Instant, Milliseconds } from '@ballast/core';

/** One request, as its client saw it. */
export interface Sample {
  readonly at: Instant;
  readonly service: string;
  readonly latency: Milliseconds;
  /** The guest that answered; undefined when the request failed. */
  readonly guest: string | undefined;
  /** Why the request failed, in a word or two. */
  readonly why?: string;
}

/** Requests that were made, by whomever and through whatever. */
export interface Traffic {
  readonly samples: readonly Sample[];
  readonly sent: number;
  readonly failed: number;
}

/** Chooses where a request goes: to HAProxy, or to a member where there is no HAProxy. */
export type Route = (service: string) => Destination;

export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** A steady stream of requests: a new one at each interval, whether or not the last has been answered. */
export class Load implements Traffic {
  readonly samples: Sample[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #services: readonly string[];
  readonly #rate: number;
  readonly #route: Route;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #startedAt = 0;
  #open = 0;
  #failed = 0;

  /** @param rate requests a second, over all services */
  constructor(services: readonly string[], rate: number, route: Route) {
    this.#services = services;
    this.#rate = rate;
    this.#route = route;
  }

  get sent(): number {
    return this.#sent;
  }

  get failed(): number {
    return this.#failed;
  }

  start(): void {
    this.#startedAt = performance.now();
    // Timers are late now and then: what is due is counted, so that the rate holds.
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - this.#startedAt) / 1000) * this.#rate);
      while (this.#sent < due) this.#send();
    }, 5);
  }

  /** Sends no more, and waits for the answers that are out. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#open > 0) await new Promise<void>((resolve) => setTimeout(resolve, 10));
    this.#agent.destroy();
  }

  #send(): void {
    const service = this.#services[this.#sent % this.#services.length] ?? '';
    this.#sent += 1;
    this.#open += 1;
    const at = performance.now();
    const end = (guest: string | undefined): void => {
      this.#open -= 1;
      if (guest === undefined) this.#failed += 1;
      this.samples.push({ at, service, latency: performance.now() - at, guest });
    };
    const { address: host, port } = this.#route(service);
    const call = request({ agent: this.#agent, host, port, path: '/', timeout: 10_000 }, (response) => {
      response.resume();
      response.once('end', () => end(response.statusCode === 200 ? guestOf(response.headers['x-guest']) : undefined));
    });
    call.once('timeout', () => call.destroy(new Error('timeout')));
    call.once('error', () => end(undefined));
    call.end();
  }
}

function guestOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** The latency that 99 of 100 requests stay below. */
export function p99(samples: readonly Sample[]): Milliseconds {
  const sorted = samples.map((sample) => sample.latency).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
