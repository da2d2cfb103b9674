// Model switches in a process of their own, so that a benchmark measures the controller alone. They check what they are
// sent, carry it out, and tell it when they are asked.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelConnection } from '../../packages/flow-manager/test/support/model-connection.ts';
import { ModelSwitch } from '../../packages/flow-manager/test/support/model-switch.ts';

/** What the switches have come to. */
export interface SwitchesState {
  readonly connected: number;
  readonly flows: number;
  readonly groups: number;
  /** Messages that no controller may send. */
  readonly faults: readonly string[];
  readonly frames: number;
}

type Order =
  | { readonly do: 'connect'; readonly port: number; readonly count: number }
  | { readonly do: 'end' }
  | { readonly do: 'state' };

/** The switches, as the process of the benchmark sees them. */
export class Switches {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): Switches {
    const child = fork(fileURLToPath(import.meta.url), ['--child'], { execArgv: process.execArgv });
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) throw new Error(`the switches ended with ${code}`);
    });
    return new Switches(child);
  }

  /** Switches 1 to `count` more, with nothing on them. Resolves when they are connected. */
  connect(port: number, count: number): Promise<SwitchesState> {
    return this.#order({ do: 'connect', port, count });
  }

  /** Ends all connections; the switches forget what they had. */
  end(): Promise<SwitchesState> {
    return this.#order({ do: 'end' });
  }

  state(): Promise<SwitchesState> {
    return this.#order({ do: 'state' });
  }

  stop(): void {
    this.#child.disconnect();
  }

  #order(order: Order): Promise<SwitchesState> {
    return new Promise((resolve) => {
      this.#child.once('message', (state) => resolve(state as SwitchesState));
      this.#child.send(order);
    });
  }
}

const connections: ModelConnection[] = [];

async function obey(order: Order): Promise<void> {
  if (order.do === 'connect') {
    const models = Array.from({ length: order.count }, (_, index) => new ModelSwitch(BigInt(index + 1)));
    connections.push(...(await Promise.all(models.map((model) => ModelConnection.open(order.port, model)))));
  } else if (order.do === 'end') {
    for (const connection of connections.splice(0)) connection.end();
  }
  const models = connections.map(({ model }) => model);
  const sum = (of: (model: ModelSwitch) => number): number => models.reduce((all, model) => all + of(model), 0);
  const state: SwitchesState = {
    connected: models.length,
    flows: sum(({ size }) => size.flows),
    groups: sum(({ size }) => size.groups),
    faults: models.flatMap(({ faults }) => faults),
    frames: sum(({ count }) => [...count.values()].reduce((all, one) => all + one, 0)),
  };
  process.send?.(state);
}

if (process.argv[2] === '--child') {
  process.on('message', (order) => void obey(order as Order));
  process.once('disconnect', () => process.exit(0));
}
