import { BallastError, type ErrorOptions } from '@ballast/core';

/** Stable words for what may go wrong between the controller and a switch. */
export type ChannelErrorCode =
  | 'channel-listen'
  | 'channel-tls'
  | 'channel-not-openflow'
  | 'channel-no-hello'
  | 'channel-version'
  | 'channel-garbage'
  | 'channel-silent'
  | 'channel-slow-reader'
  | 'channel-timeout'
  | 'channel-too-large'
  | 'channel-unexpected'
  | 'channel-lost'
  | 'channel-closed';

/** A failure of the connection to a switch; the switch connects again by itself. */
export class ChannelError extends BallastError {
  declare readonly code: ChannelErrorCode;

  constructor(code: ChannelErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

export function lost(peer: string, cause?: unknown): ChannelError {
  return new ChannelError('channel-lost', `The switch at ${peer} closed the connection.`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'The switch connects again by itself; if it does not, see `ovs-vsctl list controller` there.',
  });
}

export function closedHere(peer: string): ChannelError {
  return new ChannelError('channel-closed', `The connection to the switch at ${peer} was closed by this controller.`);
}

export function notOpenFlow(peer: string, bytes: Uint8Array): ChannelError {
  const shown = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  return new ChannelError('channel-not-openflow', `Expected an OpenFlow hello from ${peer}, got bytes ${shown}.`, {
    hint: 'Who connects there is no switch, or speaks TLS to a port without it (`ssl:` against `tcp:`).',
  });
}

export function noHello(peer: string, milliseconds: number): ChannelError {
  return new ChannelError('channel-no-hello', `Expected a hello from ${peer} within ${milliseconds} ms, got none.`, {
    hint: 'Who connects there is no switch, or its network loses packets.',
  });
}

export function garbage(peer: string, cause: Error): ChannelError {
  return new ChannelError('channel-garbage', `The bytes from ${peer} are no messages: ${cause.message}.`, {
    cause,
    hint: 'The connection was ended; the switch connects again by itself.',
  });
}

export function silent(peer: string, milliseconds: number): ChannelError {
  return new ChannelError('channel-silent', `Expected an answer to an echo from ${peer} within ${milliseconds} ms.`, {
    hint: 'The switch hangs, or the network between here and it is broken.',
  });
}

export function slowReader(peer: string, bytes: number): ChannelError {
  return new ChannelError('channel-slow-reader', `The switch at ${peer} does not read: ${bytes} bytes wait for it.`, {
    hint: 'The connection was ended; once the switch connects again, what it lacks is sent.',
  });
}

export function timedOut(peer: string, asked: string, milliseconds: number): ChannelError {
  return new ChannelError('channel-timeout', `Expected an answer to ${asked} from ${peer} within ${milliseconds} ms.`, {
    hint: 'The switch is overloaded, or hangs; it is asked again.',
  });
}
