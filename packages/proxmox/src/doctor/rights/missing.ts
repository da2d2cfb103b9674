import type { Finding, MissingPrivilege } from '@ballast/core';
import type { Evidence } from '../evidence.ts';
import type { DoctorParts, DoctorQuestion } from '../question.ts';
import { known } from '../reading.ts';
import { mend } from './grant.ts';
import { leavesOf } from './leaves.ts';
import { type Need, needsOf } from './needs.ts';
import type { Rights } from './rights.ts';

/** What is held of a need: on its tree, and by how many of what stands below. */
interface Verdict {
  readonly need: Need;
  readonly onTree: boolean;
  readonly stopsThere: boolean;
  readonly leaves: number;
  /** Paths below the tree without it. */
  readonly lacking: readonly string[];
}

/** Names each privilege that this configuration needs and the credentials do not have, with the path. */
export function checkPrivileges(evidence: Evidence, question: DoctorQuestion, parts: DoctorParts): readonly Finding[] {
  const rights = known(evidence.rights);
  if (rights === undefined) return [];
  const needs = needsOf(question, parts.migration, evidence.version.major);
  const all = [...new Set(needs.map(({ privileges: [first] }) => first))];
  const verdicts = needs.map((need) => judge(need, rights, evidence, question));
  const findings = withoutRepetition(verdicts).flatMap((verdict) => findingOf(verdict, all, evidence, parts));
  return findings.length > 0
    ? findings
    : [
        {
          code: 'privilege',
          severity: 'ok',
          subject: 'privileges',
          detail: `${parts.identity} has all that this configuration needs: ${all.join(', ')}.`,
        },
      ];
}

function judge(need: Need, rights: Rights, evidence: Evidence, question: DoctorQuestion): Verdict {
  const leaves = leavesOf(need, rights, evidence, question);
  return {
    need,
    onTree:
      need.leaves === 'none' ? rights.has(need.tree, need.privileges) : rights.hasBelow(need.tree, need.privileges),
    // For the path itself, and nothing below it.
    stopsThere: need.leaves !== 'none' && rights.has(need.tree, need.privileges),
    leaves: leaves.size,
    lacking: [...leaves].filter(([, held]) => !held).map(([path]) => path),
  };
}

/** Who lacks a privilege on `/` and on all nodes is told of `/`: what is granted there goes on. */
function withoutRepetition(verdicts: readonly Verdict[]): readonly Verdict[] {
  const root = verdicts.find(({ need, onTree }) => need.tree === '/' && !onTree);
  return verdicts.filter(({ need, onTree }) => root === undefined || need.leaves !== 'nodes' || onTree);
}

function findingOf(
  { need, onTree, stopsThere, leaves, lacking }: Verdict,
  all: readonly string[],
  evidence: Evidence,
  parts: DoctorParts,
): readonly Finding[] {
  const [privilege] = need.privileges;
  if (onTree && lacking.length === 0) return [];
  const everywhere = need.leaves === 'nodes' || need.leaves === 'pools';
  if (!onTree && leaves > 0 && lacking.length === 0) {
    return everywhere ? [] : [narrow(need, leaves)];
  }
  const paths = onTree ? lacking : [need.tree];
  const got = !onTree && stopsThere ? 'got it there without propagation to what is below' : 'got none';
  const missing: MissingPrivilege = { privilege, paths, holder: holderOf(privilege, paths, evidence, parts.identity) };
  const where = paths.length === 1 ? `${paths[0]}` : `${paths.length} paths below ${need.tree}`;
  const some =
    !onTree && lacking.length < leaves ? ` It is there for ${leaves - lacking.length} of ${leaves} below it.` : '';
  return [
    {
      code: 'privilege',
      severity: 'failure',
      subject: `${privilege} on ${where}`,
      detail: `Expected ${parts.identity} to have ${privilege} on ${listed(paths)}, ${got}.${some} ${WHO[missing.holder]}Without it ${need.without}.`,
      missing,
      ...mend(missing, parts.identity, all, onTree),
    },
  ];
}

const WHO: Readonly<Record<MissingPrivilege['holder'], string>> = {
  user: '',
  token: 'Its user has it, the token has not: its privileges are separate. ',
  'user-and-token': 'Its user has not got it either. ',
  unknown: 'Whether its user has it cannot be seen from here. ',
};

function holderOf(
  privilege: string,
  paths: readonly string[],
  { userRights }: Evidence,
  identity: string,
): MissingPrivilege['holder'] {
  if (!identity.startsWith('token ')) return 'user';
  if (userRights === undefined) return 'unknown';
  return paths.every((path) => userRights.has(path, [privilege])) ? 'token' : 'user-and-token';
}

/** It is granted for single guests or pools: that may be meant. */
function narrow({ privileges: [privilege], tree, leaves: kind }: Need, leaves: number): Finding {
  return {
    code: 'privilege',
    severity: 'warning',
    subject: `${privilege} on ${tree}`,
    detail: `${privilege} is granted for ${leaves} ${kind} one by one, not on ${tree}: any others, and those to come, stay out of sight or out of reach.`,
    cure: `If that is not meant, grant it on ${tree}.`,
  };
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 5);
  const rest = paths.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}
