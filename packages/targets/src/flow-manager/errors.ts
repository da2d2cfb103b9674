import {
  BallastError,
  codeOf,
  describeError,
  type ErrorOptions,
  nearestNames,
  type TargetProblem,
} from '@ballast/core';

/** Stable words for what may go wrong at a flow manager. */
export type FlowManagerErrorCode =
  | 'flow-manager-options'
  | 'flow-manager-unreachable'
  | 'flow-manager-timeout'
  | 'flow-manager-aborted'
  | 'flow-manager-unauthorized'
  | 'flow-manager-stale-token'
  | 'flow-manager-unknown-service'
  | 'flow-manager-unknown-member'
  | 'flow-manager-bad-weight'
  | 'flow-manager-no-address'
  | 'flow-manager-unsupported'
  | 'flow-manager-held'
  | 'flow-manager-read-back'
  | 'flow-manager-refused'
  | 'flow-manager-bad-reply';

/** A failure of a flow manager, or of the way to it. */
export class FlowManagerError extends BallastError {
  declare readonly code: FlowManagerErrorCode;

  constructor(code: FlowManagerErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

/** Whether no other request will fare better now: what remains of the round is left out. */
export function endsTheRound(error: unknown): boolean {
  const codes: readonly string[] = [
    'flow-manager-unreachable',
    'flow-manager-timeout',
    'flow-manager-aborted',
    'flow-manager-unauthorized',
  ];
  return codes.includes(codeOf(error));
}

/** What the flow manager refused a request with, by its own code where it gave one. */
export function refused(place: string, status: number, body: unknown): FlowManagerError {
  const { code, message, hint } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const said = typeof message === 'string' ? message.slice(0, 500) : `It answered with status ${status}.`;
  const own = typeof hint === 'string' ? { hint: hint.slice(0, 500) } : {};
  if (status === 401) {
    return new FlowManagerError('flow-manager-unauthorized', `The flow manager at ${place} does not take the token.`, {
      hint: 'Give the target the token that the flow manager was started with.',
    });
  }
  if (status === 409) return new FlowManagerError('flow-manager-stale-token', said, own);
  if (code === 'registry-unknown-service') return new FlowManagerError('flow-manager-unknown-service', said, own);
  if (code === 'registry-unknown-member') return new FlowManagerError('flow-manager-unknown-member', said, own);
  if (typeof code !== 'string') return badReply(place, `status ${status} without a reason`);
  return new FlowManagerError('flow-manager-refused', `The flow manager at ${place} refused: ${said}`, own);
}

export function badReply(place: string, got: string): FlowManagerError {
  return new FlowManagerError('flow-manager-bad-reply', `Expected a flow manager at ${place}, got ${got}.`, {
    hint: "Check the target's `url`: GET /v1/openapi.json there is to describe the flow manager.",
  });
}

export function unknownMember(
  service: string,
  guest: number,
  name: string,
  known: readonly number[],
): FlowManagerError {
  const near = nearestNames(String(guest), known.map(String));
  const some = `${known.slice(0, 5).join(', ')}${known.length > 5 ? ', ...' : ''}`;
  const others = near.length > 0 ? `nearest: ${near.join(', ')}` : known.length > 0 ? `it has ${some}` : 'it has none';
  return new FlowManagerError(
    'flow-manager-unknown-member',
    `Service ${JSON.stringify(service)} of the flow manager has no member ${guest} (${name}); ${others}.`,
    { hint: 'Members are matched by the ids of their guests; add it with PUT /v1/services/{name}.' },
  );
}

/** An error as data. */
export function problemOf(error: unknown, service?: string, guest?: number): TargetProblem {
  return {
    code: codeOf(error),
    message: describeError(error),
    ...(service !== undefined && { service }),
    ...(guest !== undefined && { guest }),
  };
}
