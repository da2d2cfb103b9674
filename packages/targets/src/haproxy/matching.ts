import type { TargetProblem } from '@ballast/core';
import { handleOf } from './commands.ts';
import { HaproxyError } from './errors.ts';
import { type Placement, problemOf } from './placement.ts';
import type { ServerRow, Truth } from './servers.ts';
import { unknownAddress, unknownBackend, unknownServer } from './unknown.ts';

/** A member and the one server that is it. */
export interface Match {
  readonly placement: Placement;
  readonly row: ServerRow;
}

export interface Matches {
  readonly matches: readonly Match[];
  readonly problems: readonly TargetProblem[];
}

/** Finds the server of every member. A member without one, or with more than one, becomes a problem of its own. */
export function matchServers(target: string, placements: readonly Placement[], truth: Truth): Matches {
  const problems: TargetProblem[] = [];
  const found: Match[] = [];
  const missing = new Set<string>();
  for (const placement of placements) {
    const rows = truth.backends.get(placement.backend);
    if (rows === undefined) {
      const key = `${placement.service}/${placement.backend}`;
      // Said once for the service: each of its members would say the same.
      if (!missing.has(key))
        problems.push(problemOf(unknownBackend(target, placement.backend, truth.known), placement.service));
      missing.add(key);
      continue;
    }
    try {
      found.push({ placement, row: findServer(placement, rows) });
    } catch (error) {
      problems.push(problemOf(error, placement.service, placement.member.guest));
    }
  }
  const { matches, shared } = withoutShared(found);
  return { matches, problems: [...problems, ...shared] };
}

function findServer(placement: Placement, rows: readonly ServerRow[]): ServerRow {
  const { member, backend, server } = placement;
  const guest = `${member.guest} (${member.name})`;
  if (server !== undefined) {
    const row = rows.find((candidate) => candidate.server === server);
    if (row === undefined) throw unknownServer({ backend, server }, guest, rows);
    return row;
  }
  const address = canonical(member.address ?? '');
  const [row, ...others] = rows.filter(
    (candidate) => canonical(candidate.address) === address && candidate.port === member.port,
  );
  if (row === undefined) throw unknownAddress(backend, address, member.port, guest, rows);
  if (others.length > 0) {
    throw new HaproxyError(
      'haproxy-ambiguous',
      `Expected one server at ${address} port ${member.port} for guest ${guest}, got ${[row, ...others].map(handleOf).join(', ')}.`,
      { hint: 'Map the guest to one of them under `overrides`.' },
    );
  }
  return row;
}

/** Two members on one server would overwrite each other's weight in every round: neither is applied. */
function withoutShared(found: readonly Match[]): {
  readonly matches: readonly Match[];
  readonly shared: readonly TargetProblem[];
} {
  const byHandle = new Map<string, Match[]>();
  for (const match of found) {
    const handle = handleOf(match.row);
    byHandle.set(handle, [...(byHandle.get(handle) ?? []), match]);
  }
  const shared = [...byHandle].flatMap(([handle, claims]) => {
    if (claims.length === 1) return [];
    const who = claims.map(
      ({ placement: { member, service } }) => `guest ${member.guest} (${member.name}) of service ${service}`,
    );
    const error = new HaproxyError(
      'haproxy-shared-server',
      `Expected one member for server ${handle}, got ${who.join(' and ')}.`,
      {
        hint: 'Rename one of the guests, or map each to its own server under `overrides`.',
      },
    );
    return claims.map(({ placement }) => problemOf(error, placement.service, placement.member.guest));
  });
  return { matches: found.filter((match) => byHandle.get(handleOf(match.row))?.length === 1), shared };
}

/** IPv6 has several spellings; the one of URLs is unique. */
function canonical(address: string): string {
  if (!address.includes(':')) return address;
  try {
    return new URL(`http://[${address}]/`).hostname.slice(1, -1);
  } catch {
    return address;
  }
}
