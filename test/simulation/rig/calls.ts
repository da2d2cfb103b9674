import type { History, Milliseconds } from '@ballast/core';
import { StoreError } from '@ballast/store';
import type { Agenda } from '../engine/agenda.ts';
import type { Process } from '../engine/process.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Trouble } from './trouble.ts';

export interface CallParts {
  readonly agenda: Agenda;
  readonly trouble: Trouble;
  /** Whether a call that has left is carried out though its process was killed: by a Redis, not by a disk. */
  readonly remote: boolean;
  readonly crash: (process: Process, fault: Fault) => void;
  readonly saving: (process: Process, history: History) => void;
  readonly trace: (line: () => string) => void;
}

type StoreCall = 'load' | 'save' | 'orders' | 'lease' | 'release';

/** A disk, or a Redis nearby. */
const STORE_LATENCY: Milliseconds = 2;

/** Calls of a process to what it keeps, on their way there and back. */
export class Calls {
  /** Reasons for which no lease can be asked for now. */
  leaseAway = 0;
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** Told right before a history is written. */
  saving(process: Process, history: History): void {
    this.#parts.saving(process, history);
  }

  store<T>(process: Process, name: StoreCall, effect: () => T): Promise<T> {
    const { agenda, trouble, remote, crash, trace } = this.#parts;
    return new Promise((resolve, reject) => {
      if (!process.alive) return;
      const death = trouble.crash(process);
      if (death !== undefined && death.id % 2 === 0) {
        crash(process, death);
        return;
      }
      const fault = name === 'release' ? undefined : trouble.store();
      const delay = fault?.kind === 'store-slow' ? fault.lasts : STORE_LATENCY;
      const refuse = (error: unknown): void => void process.later(STORE_LATENCY, () => reject(error));
      agenda.in(delay, () => {
        if (!process.alive && !remote) return;
        const away = name === 'lease' && this.leaseAway > 0;
        if (away || fault?.kind === 'store-refuses') return refuse(refused(name));
        if (fault?.kind === 'store-torn') return crash(process, fault);
        try {
          const value = effect();
          trace(() => `${process.name} ${name}`);
          if (death !== undefined) return crash(process, death);
          if (fault?.kind === 'store-loses-answer') return refuse(refused(name));
          process.later(STORE_LATENCY, () => resolve(value));
        } catch (error) {
          refuse(error);
        }
      });
    });
  }
}

function refused(name: StoreCall): StoreError {
  return new StoreError('store-io', `Could not ${name}: the store failed, by the will of the simulation.`);
}
