import type { Instant, NodeName } from '@ballast/core';
import type { RawParams } from '../api/params.ts';

/** A request that came in. Parameters of signing in are not kept. */
export interface LoggedRequest {
  /** The world's time. */
  readonly at: Instant;
  readonly entry: NodeName;
  readonly method: string;
  /** With `/api2/json` before it, without the query. */
  readonly path: string;
  /** Absent when it never got past signing in. */
  readonly params?: RawParams;
  readonly identity?: string;
  /** 0 while there is no answer. */
  readonly status: number;
}

/** What may still be filled in. */
export type Note = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

const KEPT = 10_000;

/** Counts requests and remembers the newest. */
export class RequestLog {
  #count = 0;
  #notes: Note[] = [];

  get count(): number {
    return this.#count;
  }

  /** Oldest first. */
  get newest(): readonly LoggedRequest[] {
    return this.#notes;
  }

  note(request: Pick<LoggedRequest, 'at' | 'entry' | 'method' | 'path'>): Note {
    const note: Note = { ...request, status: 0 };
    this.#count += 1;
    this.#notes.push(note);
    if (this.#notes.length > 2 * KEPT) this.#notes = this.#notes.slice(-KEPT);
    return note;
  }
}
