import type { MissingPrivilege } from '@ballast/core';

/** The role of the README. */
const ROLE = 'Ballast';
/** More lines would only repeat. */
const MOST_PATHS = 5;

export interface Mending {
  readonly cure: string;
  readonly commands: readonly string[];
}

/**
 * How a missing privilege is granted. The role has to have everything: on a deeper path it replaces those from above.
 * @param identity `token user@realm!name` or `user user@realm`
 * @param all every privilege that this configuration needs
 */
export function mend(
  { privilege, paths, holder }: MissingPrivilege,
  identity: string,
  all: readonly string[],
  isException: boolean,
): Mending {
  const name = identity.replace(/^\w+ /, '');
  const user = `--users ${quoted(name.split('!')[0] ?? name)}`;
  const token = `--tokens ${quoted(name)}`;
  const isToken = identity.startsWith('token ');
  const to = isToken ? (holder === 'token' ? [token] : [user, token]) : [user];
  const shown = paths.slice(0, MOST_PATHS);
  const rest = paths.length - shown.length;
  return {
    cure: [
      `Give the role ${ROLE} the privilege, and grant the role there${rest === 0 ? '' : `, and likewise on ${rest} more`}.`,
      `Where there is no such role yet, make it first: pveum role add ${ROLE} --privs "${all.join(' ')}".`,
      ...(isException ? [EXCEPTION] : []),
    ].join(' '),
    commands: [
      `pveum role modify ${ROLE} --append 1 --privs ${privilege}`,
      ...shown.flatMap((path) => to.map((who) => `pveum acl modify ${path} ${who} --roles ${ROLE}`)),
    ],
  };
}

const EXCEPTION =
  'Something of its own is granted there, which takes the place of what is granted above: `pveum acl list` shows it; NoAccess has to be deleted.';

/** A token's name has an exclamation mark, which an interactive shell would take for its history. */
function quoted(name: string): string {
  return name.includes('!') ? `'${name}'` : name;
}
