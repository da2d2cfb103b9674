import { BALANCE_PROFILES, BallastError, describeError, RESERVES } from '@ballast/core';
import { PLAN_FORMATS } from '@ballast/report';
import { Command, CommanderError, Option } from 'commander';
import {
  aggressivenessArgument,
  bytesArgument,
  durationArgument,
  positiveArgument,
  ratioArgument,
  wholeArgument,
} from './arguments.ts';
import type { ApproveOptions } from './commands/approve.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { EvacuateOptions } from './commands/evacuate.ts';
import type { HistoryOptions } from './commands/history.ts';
import type { PauseOptions } from './commands/orders.ts';
import type { PlaceOptions } from './commands/place.ts';
import type { PlanFileOptions } from './commands/plan-file.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';
import { VERSION } from './version.ts';

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
    // What is wrong with a configuration is printable as it is.
    const printable = error instanceof BallastError && error.code === 'config-invalid';
    io.stderr.write(`${printable ? error.message : `Error: ${describeError(error)}`}\n`);
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
  const session = async (work: (session: Session) => Promise<number>, acts = false): Promise<void> =>
    done(await (await import('./session.ts')).withSession(file(), io, work, { acts }));

  program
    .command('status')
    .description('nodes with their loads and classes')
    .addOption(output(['text', 'json']))
    .action((options: { output: string }) =>
      session(async (s) => (await import('./commands/status.ts')).status(s, io, options)),
    );
  addPlan(program, io, session, done);
  addQuestions(program, io, session, done);
  program
    .command('rebalance')
    .description('shows the plan, asks, and carries it out')
    .option('-y, --yes', 'go ahead without asking')
    .action((options: { yes?: boolean }) =>
      session(async (s) => (await import('./commands/rebalance.ts')).rebalance(s, io, options), true),
    );
  addWeights(program, io, session);
  addOrders(program, io, session);
  program
    .command('explain')
    .argument('<guest>', 'vmid or name')
    .description('why a guest moves, or why it does not')
    .addOption(output(['text', 'json']))
    .action((guest: string, options: { output: string }) =>
      session(async (s) => (await import('./commands/explain.ts')).explain(s, io, guest, options)),
    );
  program
    .command('history')
    .argument('[guest]', 'vmid or name')
    .description('the migrations of the last week, and how they ended')
    .option('--why', 'each with its reasons, and with who let it be carried out')
    .option('--plan <id>', 'one plan: who let it be carried out, why, and what came of each step')
    .option('--orders', 'what was ordered, by whom and when')
    .addOption(output(['text', 'json']))
    .action((guest: string | undefined, options: HistoryOptions) =>
      session(async (s) =>
        (await import('./commands/history.ts')).history(s, io, {
          ...options,
          ...(guest === undefined ? {} : { guest }),
        }),
      ),
    );
  program
    .command('doctor')
    .description('examines the cluster and what the token may do there; changes nothing')
    .addOption(output(['text', 'json']))
    .option('--max-guests <n>', 'guests to look at, with two requests each', wholeArgument(0), 1000)
    .action((options: DoctorOptions) =>
      session(async (s) => (await import('./commands/doctor.ts')).doctor(s, io, options)),
    );
  program
    .command('config')
    .description('the configuration file')
    .command('check')
    .description('reads it whole and says what is wrong')
    .action(async () => done(await (await import('./commands/config.ts')).checkConfig(file(), io)));
  return program;
}

function addPlan(
  program: Command,
  io: Io,
  session: (work: (session: Session) => Promise<number>) => Promise<void>,
  done: (code: number) => void,
): void {
  program
    .command('plan')
    .description('a dry run: what would be done, why, and what it would change')
    .addOption(output(PLAN_FORMATS))
    .option('--detailed-exitcode', 'exit with 0 when there is nothing to do, 2 when steps are pending, 1 on an error')
    .option('--snapshot <file>', 'plan for a recorded cluster (`ballast snapshot`, or bench-cluster/1), gzipped or not')
    .addOption(
      onFile('--target <ratio>', 'relieve every node above it, down to it, with the fewest moves').argParser(
        ratioArgument,
      ),
    )
    .addOption(onFile('--profile <name>', 'what the plan is for').choices([...BALANCE_PROFILES]))
    .addOption(
      onFile('--aggressiveness <1-5>', 'how small a gain is worth a migration').argParser(aggressivenessArgument),
    )
    .addOption(onFile('--minimize <what>', 'what relief keeps least').choices(['moves', 'bytes']))
    .addOption(onFile('--deadline <ms>', 'end the search then, with the best it has').argParser(wholeArgument(0)))
    .addOption(onFile('--seed <n>', 'seed of the search').argParser(wholeArgument(0)))
    .addOption(onFile('--max-steps <n>', 'longest plan').argParser(wholeArgument(1)))
    .addOption(overcommit())
    .addOption(onFile('--reserve <how>', 'room for the HA guests of a node that fails').choices([...RESERVES]))
    .addOption(containers())
    .action(async (options: Partial<PlanFileOptions> & Pick<PlanFileOptions, 'output'>) => {
      const { snapshot: file } = options;
      if (file !== undefined) {
        const { planFile } = await import('./commands/plan-file.ts');
        return done(planFile(io, { ...options, snapshot: file }));
      }
      refuseStray(options, ['output', 'detailedExitcode']);
      return session(async (s) => (await import('./commands/plan.ts')).plan(s, io, options));
    });
  program
    .command('snapshot')
    .description('writes down the cluster of this moment as JSON, for `plan --snapshot`')
    .action(() => session(async (s) => (await import('./commands/snapshot.ts')).snapshot(s, io)));
}

/** Questions to the planner that no round asks. */
function addQuestions(
  program: Command,
  io: Io,
  session: (work: (session: Session) => Promise<number>) => Promise<void>,
  done: (code: number) => void,
): void {
  program
    .command('evacuate')
    .argument('<node...>', 'nodes to empty')
    .description('a dry run: where every guest of these nodes would go')
    .option('--snapshot <file>', 'for a recorded cluster')
    .addOption(overcommit())
    .addOption(containers())
    .addOption(output(PLAN_FORMATS))
    .action(async (nodes: readonly string[], options: EvacuateOptions) => {
      const { evacuate, evacuateFile } = await import('./commands/evacuate.ts');
      const { snapshot: file } = options;
      if (file !== undefined) return done(evacuateFile(io, nodes, file, options));
      refuseStray(options, ['output']);
      return session((s) => evacuate(s, io, nodes, options));
    });
  program
    .command('place')
    .description('where a new guest would go, best first')
    .requiredOption('--cpu <cores>', 'cores that it will use', positiveArgument)
    .requiredOption('--memory <bytes>', 'memory that it will have, such as 8GiB', bytesArgument)
    .option('--snapshot <file>', 'for a recorded cluster')
    .addOption(overcommit())
    .addOption(output(['text', 'json']))
    .action(async (options: PlaceOptions) => {
      const { place, placeFile } = await import('./commands/place.ts');
      const { snapshot: file } = options;
      if (file !== undefined) return done(placeFile(io, file, options));
      refuseStray(options, ['cpu', 'memory', 'output']);
      return session((s) => place(s, io, options));
    });
}

/** What a person orders the operator to do, beside its configuration. */
function addOrders(
  program: Command,
  io: Io,
  session: (work: (session: Session) => Promise<number>) => Promise<void>,
): void {
  program
    .command('pause')
    .description('nothing is migrated until `resume`, restarts of the operator included')
    .option('--for <duration>', 'ends by itself after this time, such as 2h', durationArgument)
    .option('--reason <text>', 'for those who wonder')
    .option('--weights', 'weights stay as they are, too')
    .option('--abort', "stops Ballast's migrations that run")
    .action((options: PauseOptions) =>
      session(async (s) => (await import('./commands/orders.ts')).pause(s, io, options)),
    );
  program
    .command('resume')
    .description('ends the pause')
    .action(() => session(async (s) => (await import('./commands/orders.ts')).resume(s, io)));
  program
    .command('approve')
    .argument('<plan>', 'id of a plan, as `status` and the log tell it, or its beginning')
    .description('lets the operator in mode advise carry out this plan, once')
    .option('--for <duration>', 'how long it may take to begin, such as 2h (default: 30m)', durationArgument)
    .option('--reason <text>', 'for those who wonder')
    .action((id: string, options: ApproveOptions) =>
      session(async (s) => (await import('./commands/approve.ts')).approve(s, io, id, options)),
    );
  program
    .command('drain')
    .argument('<node...>', 'nodes to empty')
    .description('moves the guests of these nodes elsewhere, and keeps the nodes empty until `undrain`')
    .option('--reason <text>', 'for those who wonder')
    .action((nodes: readonly string[], options: { reason?: string }) =>
      session(async (s) => (await import('./commands/orders.ts')).drain(s, io, nodes, options)),
    );
  program
    .command('undrain')
    .argument('<node...>', 'nodes that take guests again')
    .description('ends the drain of these nodes')
    .action((nodes: readonly string[]) =>
      session(async (s) => (await import('./commands/orders.ts')).undrain(s, io, nodes)),
    );
}

function onFile(flags: string, description: string): Option {
  return new Option(flags, `${description} (with --snapshot)`);
}

function overcommit(): Option {
  return onFile('--overcommit <factor>', "memory that a node's guests may be configured with").argParser(
    positiveArgument,
  );
}

function containers(): Option {
  return onFile('--containers', 'move containers too, by restarting them');
}

/** Of the cluster itself the configuration tells what else these options would. */
function refuseStray(options: object, live: readonly string[]): void {
  const [stray] = Object.keys(options).filter((name) => !live.includes(name));
  if (stray !== undefined) throw new BallastError('option-without-snapshot', ...aboutStray(stray));
}

function aboutStray(name: string): readonly [string, { readonly hint: string }] {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return [
    `Expected ${flag} together with --snapshot, got it alone.`,
    { hint: 'The configuration says how the cluster itself is balanced; `ballast snapshot > FILE` makes a file.' },
  ];
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
    .action((options: { output: string }) =>
      session(async (s) => (await import('./commands/weights.ts')).showWeights(s, io, options)),
    );
  weights
    .command('push')
    .description('pushes the weights of this moment to every target')
    .action(() => session(async (s) => (await import('./commands/weights.ts')).pushNow(s, io)));
}

function output(formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'output format').choices([...formats]).default('text');
}
