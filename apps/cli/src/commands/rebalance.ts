import { hasArrived, pauseAt } from '@ballast/core';
import { carryOut, type Execution, type Look, StandingOrders, Weights } from '@ballast/operator';
import { openingNote, renderExecution } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import { progressDisplay } from '../progress.ts';
import type { Session } from '../session.ts';
import { typist } from '../typist.ts';
import { planText } from './plan.ts';

/** Exit code of a program that ended by Ctrl-C: 128 + SIGINT. */
const EXIT_INTERRUPTED = 130;

/** Shows the plan, asks, and carries it out with a live display of each migration. */
export async function rebalance(session: Session, io: Io, options: { readonly yes?: boolean }): Promise<number> {
  const look = await session.look();
  io.stdout.write(planText(session, look, 'text', styleOf(io.stdout, io.env)));
  const { steps } = look.plan;
  if (steps.length === 0) return 0;
  const { wired, clock, place } = session;
  if (place?.taken !== true) {
    io.stderr.write(`Nothing was started: ${place?.by ?? 'another program'} ${elsewhere(session)}\n`);
    return 1;
  }
  if (pauseAt(await wired.orders.load(), clock.now()) !== undefined) {
    io.stderr.write('Nothing was started: Ballast is paused by order. `ballast resume` ends the pause.\n');
    return 1;
  }
  if (!look.opening.open) {
    io.stderr.write(`Nothing was started: ${openingNote(look.opening)}\n`);
    return 1;
  }
  if (session.historyFault !== undefined) {
    io.stderr.write(
      'Nothing was started: without the history nobody knows which guests rest, and no move can be recorded. ' +
        'Run this as the user that the operator runs as, or set `state.directory` to one that you may read and write.\n',
    );
    return 1;
  }
  if (!options.yes) {
    if (io.ask === undefined) {
      io.stderr.write(
        'Nothing was started: there is no terminal to ask at. Pass --yes to go ahead without a question.\n',
      );
      return 1;
    }
    if (!(await io.ask(`Carry out ${steps.length === 1 ? 'this migration' : `these ${steps.length} migrations`}?`))) {
      io.stderr.write('Nothing was started.\n');
      return 0;
    }
  }
  return carry(session, io, look, place.requireLead);
}

/** What to do where another program keeps the history. */
function elsewhere({ config, memory }: Session): string {
  const keeps = 'acts for this cluster and keeps its history.';
  if (config.mode === 'auto') {
    return `${keeps} It carries out by itself what \`ballast plan\` shows; \`ballast status\` tells how far it is.`;
  }
  if (config.mode === 'observe') {
    return `${keeps} Set \`mode: advise\` to approve its plans, or stop it for as long as you act by hand.`;
  }
  const waits = memory.history.proposals?.at(-1)?.id ?? 'ID';
  return `${keeps} \`ballast approve ${waits}\` lets it carry out its plan; \`ballast status\` tells of it.`;
}

async function carry(session: Session, io: Io, look: Look, requireLead: () => void): Promise<number> {
  const { config, wired, clock, log, memory } = session;
  const display = progressDisplay(io);
  const abandon = new AbortController();
  let { rules } = look;
  const standing = new StandingOrders({ orders: wired.orders, clock, log });
  const weights = new Weights({ settings: config, source: wired.cluster.source, targets: wired.targets, clock });
  const execution = carryOut({
    plan: look.plan,
    migrator: wired.cluster.migrator,
    clock,
    log,
    memory,
    weights,
    settings: config,
    latest: async () => {
      const { assessment, rules: found } = await session.look();
      rules = found;
      return assessment;
    },
    rules: () => rules,
    requireLeave: () => standing.requireNone(),
    requireLead,
    by: typist(),
    signal: abandon.signal,
    onProgress: (step) => display.show(execution.reports, step),
  });
  let interrupted = false;
  const release = io.onInterrupt(() => {
    if (interrupted) return abandon.abort();
    interrupted = true;
    execution.stopStarting('Interrupted.');
    display.note(interruptText(execution));
  });
  const reports = await execution.run(abandon.signal).finally(release);
  display.end();
  await restoreWeights(session, weights);
  io.stdout.write(renderExecution(reports, styleOf(io.stdout, io.env)));
  if (interrupted) return EXIT_INTERRUPTED;
  return reports.every(({ state }) => hasArrived(state)) ? 0 : 1;
}

/** Members whose guests have moved get the weight that their new host allows. */
async function restoreWeights(session: Session, weights: Weights): Promise<void> {
  if (session.wired.targets.length === 0) return;
  await weights.push((await session.look()).weights);
}

function interruptText(execution: Execution): string {
  const running = execution.running.map((step) => `${step.guestName} (${step.from} → ${step.to})`);
  if (running.length === 0) return 'Interrupted: no further migration is started.';
  return `Interrupted: no further migration is started. Still running: ${running.join(', ')}. Press Ctrl-C again to leave it to the cluster.`;
}
