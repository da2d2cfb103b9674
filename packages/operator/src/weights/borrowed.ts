import type {
  Assessment,
  BorrowedWeight,
  GuestId,
  History,
  MemberWeight,
  Migration,
  ServiceWeights,
  TargetReport,
  WeightTable,
} from '@ballast/core';
import type { Logger } from '@ballast/telemetry';
import type { Memory } from '../rounds/memory.ts';
import type { Weights } from './weights.ts';

interface BorrowedParts {
  readonly weights: Pick<Weights, 'read' | 'push' | 'during'>;
  readonly memory: Memory;
  readonly log: Logger;
}

type Had = Readonly<Record<GuestId, BorrowedWeight>>;

/**
 * Weights in mode `advise`, where load is not answered: those of services whose members an approved plan moves are
 * borrowed. What load balancers have is read and saved, weights are lowered as in `auto`, and each service is given back
 * as it was once its members are back.
 */
export class BorrowedWeights {
  readonly #parts: BorrowedParts;

  constructor(parts: BorrowedParts) {
    this.#parts = parts;
  }

  /**
   * Reads and saves the weights of services that these steps touch, before the first of them is lowered. A service that no
   * load balancer can tell of is left alone: it could not be given back.
   * @throws {BallastError} where it cannot be saved
   */
  async borrow(assessment: Assessment, steps: readonly Migration[]): Promise<void> {
    const { weights, memory } = this.#parts;
    const known = memory.history.borrowed ?? {};
    const table = weights.during(assessment, memory.history, steps);
    const touched = table.services.filter((entry) => known[entry.service] === undefined && isTouched(entry, steps));
    if (touched.length === 0) return;
    const found = await this.#read({ ...table, services: touched });
    if (Object.keys(found).length === 0) return;
    memory.update((history) => ({ ...history, borrowed: { ...history.borrowed, ...found } }));
    await memory.save();
  }

  /** The table of what is borrowed while these migrations run; what they do not act on is as it was. */
  during(assessment: Assessment, history: History, steps: readonly Migration[]): WeightTable {
    const { borrowed = {} } = history;
    const table = this.#parts.weights.during(assessment, history, steps);
    const services = table.services.flatMap((entry): readonly ServiceWeights[] => {
      const had = borrowed[entry.service];
      return had === undefined ? [] : [isBack(entry, steps) ? asItWas(entry, had) : lowered(entry, had)];
    });
    return { ...table, services };
  }

  /** What a round does: weights climb back with their guests, and go back to who had them. */
  async tend(
    assessment: Assessment,
    moving: () => readonly Migration[],
    signal: AbortSignal,
    mayPush: () => void,
  ): Promise<readonly TargetReport[]> {
    const { weights, memory, log } = this.#parts;
    if (memory.history.borrowed === undefined) return [];
    const table = this.during(assessment, memory.history, moving());
    const reports = await weights.push(table, signal, mayPush);
    // A step may have begun meanwhile: then its service stays borrowed.
    const held = weights.during(assessment, memory.history, moving()).services;
    const back = Object.keys(memory.history.borrowed).filter((service) => {
      const entry = held.find((other) => other.service === service);
      return entry === undefined || (isBack(entry, moving()) && reports.every((report) => isTaken(report, service)));
    });
    if (back.length > 0) log.info({ services: back }, 'weights are as they were before the plan');
    memory.update((history) => withoutBorrowed(history, back));
    return reports;
  }

  async #read(table: WeightTable): Promise<Record<string, Had>> {
    const found: Record<string, Had> = {};
    for (const result of await this.#parts.weights.read(table)) {
      if (result.status === 'rejected') continue;
      for (const { service, guest, weight, state } of result.value) {
        // Where load balancers differ, the first one named speaks for them.
        found[service] = { [guest]: { weight, state }, ...found[service] };
      }
    }
    return found;
  }
}

/** The history without these services, or without any: where load is answered, nothing is borrowed. */
export function withoutBorrowed(history: History, services?: readonly string[]): History {
  const { borrowed, ...rest } = history;
  if (borrowed === undefined) return history;
  const kept = Object.entries(borrowed).filter(([service]) => services !== undefined && !services.includes(service));
  return kept.length === 0 ? rest : { ...rest, borrowed: Object.fromEntries(kept) };
}

function isTouched({ members }: ServiceWeights, steps: readonly Migration[]): boolean {
  return members.some(({ member }) => steps.some(({ guest }) => guest === member.guest));
}

/** Whether no member migrates, or has just arrived. */
function isBack(entry: ServiceWeights, steps: readonly Migration[]): boolean {
  return !isTouched(entry, steps) && entry.members.every(({ factors }) => factors.migration === 1);
}

/** Whether a target took what it was told of a service; a single member that it does not know keeps nothing from it. */
function isTaken({ problems }: TargetReport, name: string): boolean {
  return problems.every(({ service, guest }) => guest !== undefined || (service !== undefined && service !== name));
}

function asItWas(entry: ServiceWeights, had: Had): ServiceWeights {
  return { ...entry, members: entry.members.map((each) => ({ ...each, ...had[each.member.guest] })) };
}

/**
 * Weights are relative: the greatest becomes 1 meanwhile, as load balancers often start with the least that they know. Who
 * was drained by a person stays so, and a pool that would serve nobody is left as it was.
 */
function lowered(entry: ServiceWeights, had: Had): ServiceWeights {
  const greatest = Math.max(...Object.values(had).map(({ weight }) => weight)) || 1;
  const members = entry.members.map((each): MemberWeight => {
    const before = had[each.member.guest];
    if (before === undefined) return each;
    const weight = (before.weight / greatest) * each.factors.migration;
    return { ...each, weight, state: before.state === 'drain' ? 'drain' : each.state };
  });
  const serves = members.some(({ weight, state }) => weight > 0 && state === 'ready');
  return serves ? { ...entry, members } : asItWas(entry, had);
}
