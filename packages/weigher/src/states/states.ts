import type { BalancePolicy, Cores, GuestId, MemberState, Ratio, Service } from '@ballast/core';
import type { Candidate } from '../candidates.ts';
import type { MigratingGuest } from './migration.ts';

/** Which members take new connections; at least one does, in any pool that has members. */
export function statesOf(
  service: Service,
  candidates: readonly Candidate[],
  migrating: ReadonlyMap<GuestId, MigratingGuest>,
  balance: BalancePolicy,
): ReadonlyMap<GuestId, MemberState> {
  const states = new Map<GuestId, MemberState>();
  const optional: Candidate[] = [];
  for (const candidate of candidates) {
    const { guest } = candidate.member;
    const migrates = migrating.get(guest);
    const down = candidate.status === 'stopped' || candidate.status === 'paused';
    states.set(guest, down || (migrates !== undefined && migrates.mode !== 'live') ? 'drain' : 'ready');
    if (!down && migrates?.mode === 'live' && service.whileMigrating === 'drain') optional.push(candidate);
  }
  drainWhatTheRestCarries(optional, candidates, states, balance.cpu.high);
  if (candidates.length > 0 && ![...states.values()].includes('ready')) {
    states.set(leastBad(candidates, migrating).member.guest, 'ready');
  }
  return states;
}

/** Drains members one by one, by guest id, as long as those that stay ready have room for their load below `high`. */
function drainWhatTheRestCarries(
  optional: readonly Candidate[],
  candidates: readonly Candidate[],
  states: Map<GuestId, MemberState>,
  high: Ratio,
): void {
  const leaving = new Set(optional);
  const staying = candidates.filter(
    (candidate) => states.get(candidate.member.guest) === 'ready' && !leaving.has(candidate),
  );
  let room = staying.reduce((sum, candidate) => sum + roomOf(candidate, high), 0);
  if (staying.length === 0) return;
  for (const candidate of optional) {
    const load = candidate.load?.usage ?? 0;
    if (load > room) continue;
    room -= load;
    states.set(candidate.member.guest, 'drain');
  }
}

/** Cores that a member can take on below `high`: of its own, and of its node's, shared with the members there. */
function roomOf({ load }: Candidate, high: Ratio): Cores {
  if (load === undefined) return 0;
  const own = load.vcpus * high - load.usage;
  const node = (load.node.capacity * high - load.node.usage) / Math.max(1, load.node.members);
  return Math.max(0, Math.min(own, node));
}

/** The member that serves best where none serves well: one that still runs, then the one with the best weight. */
function leastBad(candidates: readonly Candidate[], migrating: ReadonlyMap<GuestId, MigratingGuest>): Candidate {
  const rank = ({ member, status }: Candidate): number => {
    if (status === 'running') return migrating.has(member.guest) ? 1 : 0;
    return status === 'unknown' ? 2 : status === 'paused' ? 3 : 4;
  };
  const [first] = [...candidates].sort(
    (a, b) => rank(a) - rank(b) || b.raw - a.raw || b.last - a.last || a.member.guest - b.member.guest,
  );
  if (first === undefined) throw new RangeError('Expected a pool with members, got none.');
  return first;
}
