import {
  type AppliedWeight,
  type Clock,
  type CurrentWeight,
  clamp,
  type Instant,
  type MemberState,
  memberKey,
  type TargetAssignment,
  type TargetProblem,
  type TargetReport,
  type Weight,
  type WeightTarget,
} from '@ballast/core';

/** Steps of its scale, as fine as that of the coarsest load balancers. */
const LARGEST = 256;

export interface RecordingOptions {
  readonly name: string;
  /** Dates the log; left out, every entry is dated 0 and every duration is 0. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** One call of {@link WeightTarget.apply}: what it was told, and what it said. */
export interface Application {
  readonly at: Instant;
  readonly assignments: readonly TargetAssignment[];
  readonly report: TargetReport;
}

/** A weight target that balances nothing: it keeps what it is told, and a log of it. */
export interface RecordingTarget extends WeightTarget {
  /** Every call of `apply`, oldest first. */
  readonly log: readonly Application[];
}

interface Entry {
  readonly scaled: number;
  readonly state: MemberState;
}

const UNSET: Entry = { scaled: 0, state: 'drain' };

/**
 * A load balancer in memory, for dry runs, demonstrations and tests. Like a real one it is level-triggered,
 * changes only what differs and reports what it changed; a member is made when it is first named, with weight 0.
 */
export function recordingTarget({ name, clock }: RecordingOptions): RecordingTarget {
  const entries = new Map<string, Entry>();
  const log: Application[] = [];
  const now = (): Instant => clock?.now() ?? 0;

  return {
    name,
    kind: 'recording',
    log,

    async apply(assignments): Promise<TargetReport> {
      const at = now();
      const report = { target: name, kind: 'recording', ...record(entries, assignments), duration: now() - at };
      log.push({ at, assignments, report });
      return report;
    },

    async read(assignments): Promise<readonly CurrentWeight[]> {
      return assignments.flatMap(({ service, weights }) =>
        weights.members.flatMap(({ member }) => {
          const handle = memberKey(service.name, member.guest);
          const entry = entries.get(handle);
          if (entry === undefined) return [];
          const { scaled, state } = entry;
          return [{ service: service.name, guest: member.guest, handle, weight: scaled / LARGEST, scaled, state }];
        }),
      );
    },

    close: async () => undefined,
  };
}

function record(
  entries: Map<string, Entry>,
  assignments: readonly TargetAssignment[],
): Pick<TargetReport, 'changed' | 'unchanged' | 'problems'> {
  const changed: AppliedWeight[] = [];
  const problems: TargetProblem[] = [];
  let unchanged = 0;
  for (const { service, weights } of assignments) {
    for (const { member, weight, state } of weights.members) {
      const key = { service: service.name, guest: member.guest };
      if (!Number.isFinite(weight) || weight < 0) {
        const message = `Expected the weight of guest ${member.guest} (${member.name}) to be a number from 0 up, got ${weight}.`;
        problems.push({ code: 'recording-bad-weight', message, ...key });
        continue;
      }
      const handle = memberKey(service.name, member.guest);
      const before = entries.get(handle) ?? UNSET;
      const after = { scaled: scale(weight, state), state };
      entries.set(handle, after);
      if (before.scaled === after.scaled && before.state === after.state) unchanged += 1;
      else changed.push({ ...key, handle, before: before.scaled, after: after.scaled, state });
    }
  }
  return { changed, unchanged, problems };
}

/** Absolute, so that a log shows the weight that was decided; a ready member keeps at least one step. */
function scale(weight: Weight, state: MemberState): number {
  return clamp(Math.round(weight * LARGEST), state === 'ready' ? 1 : 0, LARGEST);
}
