import { showBackendStatistics } from './commands.ts';
import { HaproxyError, permissionDenied } from './errors.ts';
import type { ServerRow } from './servers.ts';
import type { Session } from './socket.ts';

/** A write that HAProxy answered with anything but silence. */
export interface Refused {
  readonly row: ServerRow;
  readonly command: string;
  readonly reply: string;
}

/** Translates refusals into errors, in their order. Asks HAProxy once for each backend that refuses its algorithm. */
export async function explainRefusals(
  session: Session,
  where: string,
  refused: readonly Refused[],
): Promise<readonly HaproxyError[]> {
  const statics = [...new Set(refused.filter(isStatic).map(({ row }) => row.backend))];
  const statistics = statics.length === 0 ? [] : await session.run(statics.map(showBackendStatistics));
  const algorithms = new Map(statics.map((backend, index) => [backend, algorithmIn(statistics[index] ?? '')]));
  return refused.map((entry) => {
    const { row, command, reply } = entry;
    if (reply.startsWith('Permission denied')) return permissionDenied(where, command);
    if (isStatic(entry)) return staticAlgorithm(row.backend, algorithms.get(row.backend));
    return new HaproxyError('haproxy-command-refused', `HAProxy refused \`${command}\`: ${reply.split('\n')[0]}`);
  });
}

/** "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'." */
function isStatic({ reply }: Refused): boolean {
  return reply.includes('static LB algorithm');
}

/** The algorithm as `show stat` names it. */
function algorithmIn(statistics: string): string | undefined {
  const [header = '', line = ''] = statistics.split('\n');
  return line.split(',')[header.split(',').indexOf('algo')] || undefined;
}

function staticAlgorithm(backend: string, algorithm = 'a static algorithm'): HaproxyError {
  return new HaproxyError(
    'haproxy-static-algorithm',
    `Backend "${backend}" balances by ${algorithm}, which takes no weights while HAProxy runs.`,
    { hint: 'Set `balance roundrobin` (or, for a hash, `hash-type consistent`) in that backend of haproxy.cfg.' },
  );
}
