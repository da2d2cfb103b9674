import type { Struck } from '../run.ts';
import { FAULT_KINDS, type FaultKind, MOMENTS, type Moment } from '../scenario/fault.ts';

/** How often each kind of fault struck while a step was at what. */
export class Coverage {
  readonly #cells = new Map<string, number>();

  add(struck: readonly Struck[]): void {
    for (const { fault, moment } of struck) this.#count(fault.kind, moment, 1);
  }

  merge(cells: readonly (readonly [string, number])[]): void {
    for (const [cell, count] of cells) this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + count);
  }

  /** As plain data. */
  get cells(): readonly (readonly [string, number])[] {
    return [...this.#cells];
  }

  of(kind: FaultKind, moment: Moment): number {
    return this.#cells.get(`${kind} ${moment}`) ?? 0;
  }

  /** Cells that nothing struck, as `KIND while MOMENT`. */
  get empty(): readonly string[] {
    return FAULT_KINDS.flatMap((kind) =>
      MOMENTS.filter((moment) => canMeet(kind, moment) && this.of(kind, moment) === 0).map(
        (moment) => `${kind} while ${moment}`,
      ),
    );
  }

  /** A table: kinds of faults down, what a step was at across. */
  render(): string {
    const width = Math.max(...FAULT_KINDS.map((kind) => kind.length));
    const head = `${'fault'.padEnd(width)} ${MOMENTS.map((moment) => moment.padStart(10)).join('')}`;
    const rows = FAULT_KINDS.map(
      (kind) =>
        `${kind.padEnd(width)} ${MOMENTS.map((moment) => (canMeet(kind, moment) ? String(this.of(kind, moment) || '-') : '').padStart(10)).join('')}`,
    );
    return [head, ...rows].join('\n');
  }

  #count(kind: FaultKind, moment: Moment, times: number): void {
    this.merge([[`${kind} ${moment}`, times]]);
  }
}

/** A request for a migration leaves while its step is submitted, and at no other time. */
function canMeet(kind: FaultKind, moment: Moment): boolean {
  return kind !== 'stop-at-request' || moment === 'submitted';
}
