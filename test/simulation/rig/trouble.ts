import type { Process } from '../engine/process.ts';
import {
  type CallKind,
  type Fault,
  type FaultKind,
  REQUEST_FAULTS,
  STORE_FAULTS,
  TARGET_FAULTS,
} from '../scenario/fault.ts';

interface Armed {
  readonly fault: Fault;
  left: number;
}

const OF_CALLS: ReadonlySet<FaultKind> = new Set([...REQUEST_FAULTS, ...STORE_FAULTS, ...TARGET_FAULTS]);

/** Paths of the kinds of requests. */
const PATHS: Readonly<Record<CallKind, RegExp>> = {
  any: /./,
  migrate: /\/migrate$/,
  preconditions: /\/migrate$/,
  resources: /\/cluster\/resources$/,
  status: /\/cluster\/status$/,
  tasks: /\/tasks$/,
  task: /\/tasks\/UPID/,
  ha: /\/cluster\/ha\//,
};

/** Faults that wait for a request or a call to strike. */
export class Trouble {
  #armed: Armed[] = [];
  readonly #struck: (fault: Fault) => void;

  /** @param struck is told of each fault when it first strikes */
  constructor(struck: (fault: Fault) => void) {
    this.#struck = struck;
  }

  static waits(kind: FaultKind): boolean {
    return OF_CALLS.has(kind) || kind === 'crash-at-call' || kind === 'stop-at-request';
  }

  arm(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#armed = [];
  }

  request(method: string, path: string): Fault | undefined {
    return this.#take(
      ({ kind, call }) => (REQUEST_FAULTS as readonly string[]).includes(kind) && matches(call, method, path),
    );
  }

  store(): Fault | undefined {
    return this.#take(({ kind }) => (STORE_FAULTS as readonly string[]).includes(kind));
  }

  target(): Fault | undefined {
    return this.#take(({ kind }) => (TARGET_FAULTS as readonly string[]).includes(kind));
  }

  /** A stop of the process right before its request for a migration leaves. */
  leaving(process: Process): Fault | undefined {
    return this.#take(({ kind, operator }) => kind === 'stop-at-request' && process.host === operator);
  }

  /** A crash at one of the next calls of a process. */
  crash(process: Process): Fault | undefined {
    const armed = this.#armed.find(({ fault }) => fault.kind === 'crash-at-call' && fault.operator === process.host);
    if (armed === undefined || --armed.left > 0) return undefined;
    this.#drop(armed);
    this.#struck(armed.fault);
    return armed.fault;
  }

  #take(fits: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.#armed.find(({ fault }) => fits(fault));
    if (armed === undefined) return undefined;
    if (armed.left === armed.fault.times) this.#struck(armed.fault);
    armed.left -= 1;
    if (armed.left <= 0) this.#drop(armed);
    return armed.fault;
  }

  #drop(armed: Armed): void {
    this.#armed = this.#armed.filter((other) => other !== armed);
  }
}

function matches(call: CallKind, method: string, path: string): boolean {
  if (call === 'migrate' && method !== 'POST') return false;
  if (call === 'preconditions' && method !== 'GET') return false;
  return PATHS[call].test(path);
}
