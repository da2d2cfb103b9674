import type { ChannelLimits, ControllerHooks, ControllerOptions, Datapath } from '../../src/index.ts';
import { type Controller, startController } from '../../src/index.ts';
import { wallClock } from './clock.ts';
import { until } from './ovs.ts';

/** What a controller told its hooks, in order. */
export class Told implements ControllerHooks {
  readonly failures: { readonly name: string | undefined; readonly error: Error & { readonly code?: string } }[] = [];
  readonly reconciliations: { readonly name: string; readonly changes: readonly string[] }[] = [];
  /** Of each reconciliation: whether the switch was read since. */
  readonly verified: boolean[] = [];
  readonly roles: string[] = [];

  readonly failed = (datapath: Datapath | undefined, error: unknown): void => {
    this.failures.push({ name: datapath?.name, error: error as Error });
  };

  readonly reconciled: NonNullable<ControllerHooks['reconciled']> = (datapath, outcome) => {
    const changes = outcome.changes.map(({ verb, name }) => `${verb} ${name}`);
    this.reconciliations.push({ name: datapath.name, changes });
    this.verified.push(outcome.verified);
  };

  readonly role = (_: Datapath, role: string): void => {
    this.roles.push(role);
  };

  /** Codes of the failures so far. */
  get codes(): readonly (string | undefined)[] {
    return this.failures.map(({ error }) => error.code);
  }
}

export interface Running {
  readonly controller: Controller;
  readonly told: Told;
}

/** Runs a controller on a free port of the loopback, and stops it at the end. */
export async function withController<T>(
  options: Partial<ControllerOptions> & { readonly limits?: ChannelLimits },
  run: (running: Running) => Promise<T>,
): Promise<T> {
  const told = new Told();
  const controller = await startController({
    listen: { host: '127.0.0.1', port: 0 },
    clock: wallClock,
    ...options,
    hooks: { failed: told.failed, reconciled: told.reconciled, role: told.role, ...options.hooks },
  });
  try {
    return await run({ controller, told });
  } finally {
    await controller.stop();
  }
}

/** The only switch of a controller, once it is there. */
export async function onlySwitch(controller: Controller): Promise<Datapath> {
  let found: Datapath | undefined;
  await until(() => {
    [found] = controller.datapaths.values();
    return found !== undefined;
  }, 'a switch to connect');
  return found as Datapath;
}
