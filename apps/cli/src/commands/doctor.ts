import type { Config } from '@ballast/config';
import { diagnosisJson, renderDiagnosis } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import { progressLine } from '../progress-line.ts';
import type { Session } from '../session.ts';

export interface DoctorOptions {
  readonly output: string;
  readonly maxGuests: number;
}

/**
 * Examines the cluster, and what the credentials may do there; changes nothing. Exit code 1 when a check failed: a cluster that
 * cannot be reached is a finding like any other.
 */
export async function doctor({ config, wired }: Session, io: Io, options: DoctorOptions): Promise<number> {
  const interrupted = new AbortController();
  const release = io.onInterrupt(() => interrupted.abort());
  const progress = progressLine(io.stderr);
  try {
    const diagnosis = await wired.examine({
      addresses: wired.targets.some((target) => target.usesAddresses === true),
      pools: poolsOf(config),
      containers: config.balance.containers,
      ...(config.balance.coexistence === undefined ? {} : { coexistence: config.balance.coexistence }),
      guests: options.maxGuests,
      signal: interrupted.signal,
      onProgress: ({ doing, done, total }) => progress.show(`Looking at ${doing}: ${done} of ${total}`),
    });
    progress.end();
    const json = options.output === 'json';
    io.stdout.write(json ? diagnosisJson(diagnosis) : renderDiagnosis(diagnosis, styleOf(io.stdout, io.env)));
    return diagnosis.findings.some(({ severity }) => severity === 'failure') ? 1 : 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    io.stderr.write('Interrupted; nothing was changed.\n');
    return 130;
  } finally {
    progress.end();
    release();
  }
}

/** Resource pools by which members of services and guests of rules are chosen. */
function poolsOf({ services, rules }: Config): readonly string[] {
  const named = [...services.flatMap(({ pool }) => pool.members.pools), ...rules.flatMap(({ match }) => match.pools)];
  return [...new Set(named)];
}
