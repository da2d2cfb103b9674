import { describeError } from '@ballast/core';
import { DEFAULT_TOKEN, DEFAULT_USER, startControl, startSimulator } from '@ballast/pve-simulator';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Io } from './io.ts';
import { welcome } from './snippet.ts';
import { VERSION } from './version.ts';
import { asAsked, chooseWorld } from './world.ts';

interface Options {
  readonly demo?: true;
  readonly nodes?: number;
  readonly guests?: number;
  readonly hotNodes?: number;
  readonly trace?: string;
  readonly seed: number;
  readonly speed: number;
  readonly host: string;
  readonly port: number;
  readonly entryPoints: number;
  readonly controlPort?: number;
  readonly pve: number;
  readonly haGuests: number;
  readonly nativeBalancer?: true;
}

const HELP_WIDTH = 100;
/** A real cluster holds a failed sign-in back this long. */
const AUTH_DELAY = 3000;

/** Runs the program until it is asked to stop, and returns its exit code: 0 stopped, 1 error. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = build(io);
  try {
    program.parse([...args], { from: 'user' });
    await simulate(program.opts<Options>(), io);
    return 0;
  } catch (error) {
    // commander has printed its own; --help and --version end with 0.
    if (error instanceof CommanderError) return error.exitCode;
    io.err(`Error: ${describeError(error)}\n`);
    return 1;
  }
}

async function simulate(options: Options, io: Io): Promise<void> {
  const choice = {
    demo: options.demo ?? false,
    nodes: options.nodes,
    guests: options.guests,
    hotNodes: options.hotNodes,
    trace: options.trace,
    seed: options.seed,
  };
  const chosen = await chooseWorld(choice, io.now(), io.readFile);
  const { pve, haGuests, nativeBalancer = false, controlPort } = options;
  const world = asAsked(chosen, { pve, haGuests, nativeBalancer });
  const { host, port, speed, entryPoints } = options;
  const simulator = await startSimulator({ world, host, port, speed, entryPoints, authDelay: AUTH_DELAY });
  try {
    const control = controlPort === undefined ? undefined : await startControl(simulator, { port: controlPort });
    io.out(welcome(simulator, DEFAULT_TOKEN, DEFAULT_USER, control?.url));
    await io.stopped();
    await control?.stop();
  } finally {
    await simulator.stop();
  }
}

function build(io: Io): Command {
  return new Command('ballast-simulator')
    .description(
      'Simulates a Proxmox VE cluster: guests with CPU and memory demand on nodes that saturate, behind its HTTP API.',
    )
    .version(VERSION)
    .option('--demo', 'a shop in a sale: 3 nodes with 4 guests each, the first node overloaded (the default)')
    .option('--nodes <n>', 'a synthetic cluster of so many nodes (3)', integer(1, 500))
    .option('--guests <n>', 'guests in all (15 a node)', integer(1, 20_000))
    .option('--hot-nodes <n>', 'nodes of a synthetic cluster that are overloaded (one in ten)', integer(0, 500))
    .option(
      '--trace <file>',
      'guests replay recorded CPU utilization: CSV of a name, then a percentage every 5 minutes',
    )
    .option('--seed <n>', 'another seed is another cluster', integer(0, 2 ** 31 - 1), 1)
    .option('--speed <factor>', 'simulated time per real time; 0 stands still', speedFactor, 1)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port of the first entry point; 0 takes a free one', integer(0, 65_535), 8006)
    .option('--entry-points <n>', 'nodes that can be asked, each on a port of its own', integer(1, 500), 1)
    .option(
      '--control-port <n>',
      'a port (plain HTTP, on loopback) where faults are set and time is moved',
      integer(0, 65_535),
    )
    .option('--pve <major>', 'which Proxmox VE is simulated: 8 or 9', integer(8, 9), 9)
    .option('--ha-guests <n>', 'so many guests, from the first on, are under the HA manager', integer(0, 20_000), 0)
    .option('--native-balancer', "Proxmox VE's own balancer is on: it moves guests that are under the HA manager")
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists the options)')
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    });
}

function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number ${low}..${high}.`);
  };
}

function speedFactor(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100_000) return value;
  throw new InvalidArgumentError('Expected a number 0..100000.');
}
