import type { Feasibility } from '@ballast/ovs-lab';

/** Installs what is missing, too. A Node that this user alone has is found by root with this PATH. */
const AS_ROOT = 'sudo env "PATH=$PATH" npm run demo -- --fabric';

/** What is said where a fabric was asked for and there can be none: why, and what to type. */
export function refusalText(why: Extract<Feasibility, { possible: false }>, isRoot: boolean): string {
  const cure = isRoot ? why.hint : `As root, all that is missing is installed; type:\n\n    ${AS_ROOT}\n`;
  return `No fabric: ${why.reason}\n${cure}\nThe demo goes on without it.\n`;
}
