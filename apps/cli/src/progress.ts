import type { StepReport } from '@ballast/core';
import { renderExecution } from '@ballast/report';
import { createLogUpdate } from 'log-update';
import { type Io, styleOf } from './io.ts';

/** Shows how far the steps of an execution have come. */
export interface ProgressDisplay {
  /** @param changed the step that changed */
  show(reports: readonly StepReport[], changed: StepReport): void;
  note(line: string): void;
  end(): void;
}

/** On a terminal one table that is redrawn; elsewhere a line for each change of state. */
export function progressDisplay(io: Io): ProgressDisplay {
  return io.stderr.isTTY ? liveDisplay(io) : plainDisplay(io);
}

function liveDisplay(io: Io): ProgressDisplay {
  const update = createLogUpdate(process.stderr);
  const style = styleOf(io.stderr, io.env);
  return {
    show: (reports) => update(renderExecution(reports, style)),
    note: (line) => update.persist(line),
    end: () => update.clear(),
  };
}

function plainDisplay(io: Io): ProgressDisplay {
  const seen = new Map<number, string>();
  return {
    show: (_, { step, state, detail }) => {
      if (seen.get(step.guest) === state) return;
      seen.set(step.guest, state);
      io.stderr.write(
        `${step.kind} ${step.guest} ${step.guestName} ${step.from} -> ${step.to}: ${state}${detail ? ` (${detail})` : ''}\n`,
      );
    },
    note: (line) => io.stderr.write(`${line}\n`),
    end: () => undefined,
  };
}
