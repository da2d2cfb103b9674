import { ConfigError } from '@ballast/config';
import { describeError } from '@ballast/core';
import { VERSION } from '@ballast/operator-app';
import { PLAN_FORMATS, type PlanFormat } from '@ballast/report';
import { Command, CommanderError, Option } from 'commander';
import { checkConfig } from './commands/config.ts';
import { explain } from './commands/explain.ts';
import { plan } from './commands/plan.ts';
import { rebalance } from './commands/rebalance.ts';
import { status } from './commands/status.ts';
import { pushNow, showWeights } from './commands/weights.ts';
import type { Io } from './io.ts';
import { type Session, withSession } from './session.ts';

/** Runs the command line and returns the exit code: 0 done, 1 error, 2 steps pending (`plan --detailed-exitcode`). */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = build(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // commander has printed its own; --help and --version end with 0.
    if (error instanceof CommanderError) return error.exitCode;
    io.stderr.write(`${error instanceof ConfigError ? error.message : `Error: ${describeError(error)}`}\n`);
    return 1;
  }
}

function build(io: Io, done: (code: number) => void): Command {
  const program = new Command('ballast')
    .description('Balances a Proxmox VE cluster: guests across nodes, traffic across guests.')
    .version(VERSION)
    .option(
      '-c, --config <file>',
      'configuration file (default: $BALLAST_CONFIG, ./ballast.yaml, /etc/ballast/ballast.yaml)',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showSuggestionAfterError();
  const file = (): string | undefined => program.opts<{ config?: string }>().config;
  const session = async (work: (session: Session) => Promise<number>): Promise<void> =>
    done(await withSession(file(), io, work));

  program
    .command('status')
    .description('nodes with their loads and classes')
    .addOption(output(['text', 'json']))
    .action((options: { output: string }) => session((s) => status(s, io, options)));
  program
    .command('plan')
    .description('a dry run: what would be done, why, and what it would change')
    .addOption(output(PLAN_FORMATS))
    .option('--detailed-exitcode', 'exit with 0 when there is nothing to do, 2 when steps are pending, 1 on an error')
    .action((options: { output: PlanFormat; detailedExitcode?: boolean }) => session((s) => plan(s, io, options)));
  program
    .command('rebalance')
    .description('shows the plan, asks, and carries it out')
    .option('-y, --yes', 'go ahead without asking')
    .action((options: { yes?: boolean }) => session((s) => rebalance(s, io, options)));
  addWeights(program, io, session);
  program
    .command('explain')
    .argument('<guest>', 'vmid or name')
    .description('why a guest moves, or why it does not')
    .addOption(output(['text', 'json']))
    .action((guest: string, options: { output: string }) => session((s) => explain(s, io, guest, options)));
  program
    .command('config')
    .description('the configuration file')
    .command('check')
    .description('reads it whole and says what is wrong')
    .action(async () => done(await checkConfig(file(), io)));
  return program;
}

function addWeights(
  program: Command,
  io: Io,
  session: (work: (session: Session) => Promise<number>) => Promise<void>,
): void {
  const weights = program.command('weights').description('the weights of every pool');
  weights
    .command('show', { isDefault: true })
    .description('what each member has, and what it would get')
    .addOption(output(['text', 'json']))
    .action((options: { output: string }) => session((s) => showWeights(s, io, options)));
  weights
    .command('push')
    .description('pushes the weights of this moment to every target')
    .action(() => session((s) => pushNow(s, io)));
}

function output(formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'output format').choices([...formats]).default('text');
}
