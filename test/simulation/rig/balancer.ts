import type {
  Instant,
  MemberState,
  Milliseconds,
  TargetAssignment,
  TargetReport,
  Weight,
  WeightTarget,
} from '@ballast/core';
import type { Agenda } from '../engine/agenda.ts';
import type { Process } from '../engine/process.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Trouble } from './trouble.ts';

const LATENCY: Milliseconds = 10;

/** What the load balancer has of a member. */
export interface Held {
  readonly weight: Weight;
  readonly state: MemberState;
}

export interface BalancerParts {
  readonly agenda: Agenda;
  readonly trouble: Trouble;
  readonly crash: (process: Process, fault: Fault) => void;
  /** Weights leave their process. */
  readonly leaves: (process: Process, assignments: readonly TargetAssignment[]) => void;
}

/** A load balancer that operators push weights to. */
export class Balancer {
  readonly #parts: BalancerParts;
  readonly members = new Map<number, Held>();
  changedAt: Instant = 0;

  constructor(parts: BalancerParts) {
    this.#parts = parts;
  }

  /** It as one process reaches it. */
  target(process: Process): WeightTarget {
    return {
      name: 'edge',
      kind: 'simulated',
      apply: (assignments) => this.#apply(process, assignments),
      read: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    };
  }

  #apply(process: Process, assignments: readonly TargetAssignment[]): Promise<TargetReport> {
    const { agenda, trouble, crash, leaves } = this.#parts;
    const began = agenda.now;
    return new Promise((resolve) => {
      if (!process.alive) return;
      const death = trouble.crash(process);
      if (death !== undefined && death.id % 2 === 0) return crash(process, death);
      const fault = trouble.target();
      leaves(process, assignments);
      const told = (problem?: string): void => {
        const problems = problem === undefined ? [] : [{ code: 'target-failed', message: problem }];
        const duration = agenda.now - began;
        resolve({ target: 'edge', kind: 'simulated', changed: [], unchanged: 0, problems, duration });
      };
      if (fault?.kind === 'target-refuses') return void process.later(LATENCY, () => told('it refused'));
      agenda.in(fault?.kind === 'target-slow' ? fault.lasts : LATENCY, () => {
        this.#take(assignments);
        if (death !== undefined) return crash(process, death);
        process.later(LATENCY, () => told(fault?.kind === 'target-loses-answer' ? 'its answer was lost' : undefined));
      });
    });
  }

  #take(assignments: readonly TargetAssignment[]): void {
    this.changedAt = this.#parts.agenda.now;
    for (const { weights } of assignments) {
      for (const { member, weight, state } of weights.members) this.members.set(member.guest, { weight, state });
    }
  }
}
