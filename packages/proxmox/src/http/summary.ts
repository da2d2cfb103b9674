import { ProxmoxError } from '../errors/proxmox-error.ts';

/** One error for all endpoints that were tried: the first failure names it, the others are told along. */
export function summarize(failures: readonly ProxmoxError[]): ProxmoxError {
  const [first, ...others] = failures;
  if (first === undefined) throw new Error('A summary needs a failure.');
  if (others.length === 0) return first;
  const transient = failures.find((failure) => failure.kind === 'transient') ?? first;
  return new ProxmoxError(transient.code, failures.map((failure) => failure.message).join(' '), {
    kind: transient.kind,
    cause: first,
    elsewhere: failures.every((failure) => failure.elsewhere),
    unsent: failures.every((failure) => failure.unsent),
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    ...(transient.status === undefined ? {} : { status: transient.status }),
    ...(transient.reason === undefined ? {} : { reason: transient.reason }),
  });
}
