import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { canonicalAddress, familyOf } from '../services/address.ts';
import { MonitorError } from './errors.ts';
import type { ProbeResult } from './health.ts';
import type { MonitorTarget, Probe } from './watch.ts';

/** Probes as the type of the target's monitor asks: the echo of `ping`, a connection, or an answer to a request. */
export const probe: Probe = (target, signal) => PROBES[target.monitor.type](target, signal);

const PROBES: Readonly<Record<MonitorTarget['monitor']['type'], Probe>> = {
  ping: probePing,
  tcp: probeTcp,
  http: probeHttp,
};

const failed = (reason: string): ProbeResult => ({ ok: false, reason });

/** The member's port takes a connection. */
function probeTcp({ address, port }: MonitorTarget, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      resolve({ ok: true });
      socket.destroy();
    });
    socket.on('error', (error) => resolve(failed(reasonOf(error))));
  });
}

/** The member answers the monitor's request with one of its codes. The answer's body is not read. */
async function probeHttp({ address, port, monitor }: MonitorTarget, signal: AbortSignal): Promise<ProbeResult> {
  const { http } = monitor;
  if (http === undefined) {
    throw new MonitorError('monitor.invalid', 'Expected method, path and expected codes in a monitor of type http.', {
      hint: 'Add them, or use a monitor of type tcp.',
    });
  }
  const { method, path, expectedCodes } = http;
  return new Promise((resolve) => {
    const sent = request({ host: address, port, method, path, signal, agent: false }, (response) => {
      const { statusCode = 0 } = response;
      const expected = expectedCodes.join(', ');
      resolve(
        expectedCodes.includes(statusCode) ? { ok: true } : failed(`answered ${statusCode} instead of ${expected}`),
      );
      sent.destroy();
    });
    sent.on('error', (error) => resolve(failed(reasonOf(error))));
    sent.end();
  });
}

/**
 * The member's host echoes. Raw sockets need rights that Node does not have; the system's ping has them.
 * Where ping fails for another reason than silence, this machine's own address tells whether it works at all.
 */
async function probePing({ address, monitor }: MonitorTarget, signal: AbortSignal): Promise<ProbeResult> {
  const target = canonicalAddress(address);
  const seconds = Math.max(1, Math.ceil(monitor.timeout / 1000));
  const outcome = await ping(target, seconds, signal);
  if (outcome === 'echo') return { ok: true };
  if (outcome === 'silence' || signal.aborted) return failed('no echo');
  const itself = await ping(familyOf(target) === 4 ? '127.0.0.1' : '::1', seconds, signal);
  if (itself === 'echo' || signal.aborted) return failed('host unreachable');
  throw unavailable(outcome);
}

/** ping(8) ends with 0 for an echo and with 1 for silence. */
function ping(address: string, seconds: number, signal: AbortSignal): Promise<'echo' | 'silence' | Error> {
  return new Promise((resolve) => {
    execFile('ping', ['-n', '-q', '-c', '1', '-W', String(seconds), address], { signal }, (error) => {
      if (error === null) resolve('echo');
      else resolve(error.code === 1 ? 'silence' : error);
    });
  });
}

function unavailable(cause: Error): MonitorError {
  return new MonitorError('monitor.ping-unavailable', 'Expected the program ping to work, and it did not.', {
    cause,
    hint: 'Install the package iputils-ping and see that it may send ICMP, or use a monitor of type tcp.',
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return REASONS.get(error.code ?? '') ?? error.message;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
]);
