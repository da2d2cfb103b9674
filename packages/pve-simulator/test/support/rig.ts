import { type Simulator, type SimulatorOptions, startSimulator, type World } from '../../src/index.ts';
import { type CallOptions, call, type WireAnswer } from './client.ts';

const ROOT = { id: 'root@pam!rig', secret: '11111111-2222-4333-8444-bbbbbbbbbbbb', role: 'Administrator' } as const;

/** A simulator whose time stands still, asked by a token with all rights. */
export interface Rig {
  readonly simulator: Simulator;
  readonly ask: (method: string, path: string, form?: CallOptions['form']) => Promise<WireAnswer>;
  /** The data of a success. */
  readonly data: <T = Record<string, unknown>>(method: string, path: string, form?: CallOptions['form']) => Promise<T>;
  /** Lets a task run to its end. @returns how it ended */
  readonly ended: (upid: string) => Promise<string>;
}

/** Starts one; `stop` it at the end. */
export async function startRig(world: World, options: Partial<SimulatorOptions> = {}): Promise<Rig> {
  const simulator = await startSimulator({ world, speed: 0, strict: true, tokens: [ROOT], ...options });
  const headers = { authorization: `PVEAPIToken=${ROOT.id}=${ROOT.secret}` };
  const ask: Rig['ask'] = (method, path, form) =>
    call(simulator, method, path, { headers, ...(form === undefined ? {} : { form }) });
  const data = async <T>(method: string, path: string, form?: CallOptions['form']): Promise<T> => {
    const { status, reason, body } = await ask(method, path, form);
    if (status !== 200) throw new Error(`${status} ${reason} ${body}`);
    return (JSON.parse(body) as { data: T }).data;
  };
  const ended = async (upid: string): Promise<string> => {
    simulator.advance(600_000);
    const node = upid.split(':')[1] ?? '';
    const status = await data<{ exitstatus: string }>('GET', `/nodes/${node}/tasks/${encodeURIComponent(upid)}/status`);
    return status.exitstatus;
  };
  return { simulator, ask, data, ended };
}
