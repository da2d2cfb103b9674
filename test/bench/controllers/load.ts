import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VIP } from '../balancer-process.ts';

const run = promisify(execFile);
/** Beside the checkout, not in it: the benchmark says so where it is missing. */
const CBENCH = fileURLToPath(new URL('../../../../shared/tools/cbench13.c', import.meta.url));

/** What a load generator says of one run. */
export interface Figures {
  readonly responses_per_s: number;
  readonly responses: number;
  readonly lat_us: { readonly p50: number; readonly p99: number };
}

export interface LoadRun {
  readonly port: number;
  readonly switches: number;
  /** Packet-ins under way at once from each switch. */
  readonly window: number;
  /** Measured; a second of the same goes before. */
  readonly seconds: number;
}

export interface Load {
  readonly name: string;
  /** Has so many switches send SYNs for the VIP, one more for each that is answered. */
  run(given: LoadRun): Promise<Figures>;
}

/** The generator that was named, else cbench13.c beside the checkout, else this repository's own. */
export async function loadOf(named: string | undefined, directory: string): Promise<Load> {
  if (named === undefined && !existsSync(CBENCH)) return own;
  const source = named ?? CBENCH;
  const program = path.join(directory, 'load');
  await run('gcc', ['-O2', '-w', '-o', program, source]);
  return {
    name: path.basename(source),
    run: async ({ port, switches, window, seconds }) => {
      const mode = window === 1 ? ['-m', 'lat'] : ['-m', 'thr', '-w', String(window)];
      const packets = ['-y', '-V', VIP.address];
      return figures(program, ['-p', port, '-s', switches, ...mode, '-t', seconds, ...packets]);
    },
  };
}

const own: Load = {
  name: 'openflow-load.ts (no cbench13.c in the tools beside this checkout)',
  run: async ({ port, switches, window, seconds }) => {
    const file = fileURLToPath(new URL('../openflow-load.ts', import.meta.url));
    return figures(process.execPath, [...process.execArgv, file, switches, window, seconds, port]);
  },
};

async function figures(program: string, args: readonly (string | number)[]): Promise<Figures> {
  const { stdout } = await run(program, args.map(String));
  return JSON.parse(stdout) as Figures;
}
