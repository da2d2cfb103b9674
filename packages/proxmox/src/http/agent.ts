import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Milliseconds } from '@ballast/core';
import type { ProxmoxTls } from '../options.ts';
import { parseFingerprint, showFingerprint } from './pin.ts';

/** No connection came about: nothing of the request was sent. */
export class ConnectError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ConnectError';
    this.code = code;
  }
}

export interface TlsAgentOptions {
  readonly tls: ProxmoxTls;
  /** Longest wait for a connection. */
  readonly timeout: Milliseconds;
  readonly keepAlive: boolean;
  readonly maxSockets: number;
}

/** Node calls it with an error alone too, which its type does not say. */
type Hand = (error: Error | null, socket: Duplex) => void;

/**
 * Hands a socket out only after the server was verified. Node's own `rejectUnauthorized: false` with a check in
 * `checkServerIdentity` does not hold requests back: credentials would reach a server with the wrong certificate.
 */
export class VerifyingAgent extends Agent {
  readonly #tls: ProxmoxTls;
  readonly #pins: ReadonlySet<string> | undefined;
  readonly #timeout: Milliseconds;
  readonly #connecting = new Set<TLSSocket>();

  constructor(options: TlsAgentOptions) {
    const { keepAlive, maxSockets } = options;
    // No sessions are kept: a resumed one does not show the certificate again.
    super({ keepAlive, maxSockets, maxCachedSessions: 0, scheduling: 'lifo' } satisfies AgentOptions);
    this.#tls = options.tls;
    this.#timeout = options.timeout;
    const { fingerprints } = options.tls;
    this.#pins = fingerprints?.length ? new Set(fingerprints.map(parseFingerprint)) : undefined;
  }

  override createConnection(options: RequestOptions, hand?: Hand): null {
    const socket = connect({
      ...(options as ConnectionOptions),
      ...(this.#tls.ca === undefined ? {} : { ca: this.#tls.ca }),
      rejectUnauthorized: this.#pins === undefined && this.#tls.insecure !== true,
      minVersion: 'TLSv1.2',
    });
    this.#connecting.add(socket);
    let open = true;
    const end = (error: ConnectError | null): void => {
      if (!open) return;
      open = false;
      this.#connecting.delete(socket);
      socket.setTimeout(0);
      if (error !== null) socket.destroy();
      hand?.(error, socket);
    };
    socket.setTimeout(this.#timeout, () => end(new ConnectError('ETIMEDOUT', 'no connection in time')));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(new ConnectError(error.code ?? 'EPROTO', error.message)),
    );
    socket.once('close', () => end(new ConnectError('ECONNRESET', 'closed before it was secure')));
    socket.once('secureConnect', () => end(this.#verify(socket)));
    return null;
  }

  override destroy(): void {
    for (const socket of this.#connecting) socket.destroy();
    super.destroy();
  }

  #verify(socket: TLSSocket): ConnectError | null {
    if (this.#pins === undefined) return null;
    const shown = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
    if (shown !== '' && this.#pins.has(parseFingerprint(shown))) return null;
    const wanted = [...this.#pins].map(showFingerprint).join(' or ');
    const text = `the certificate with the SHA-256 fingerprint ${wanted}, got ${shown || 'none'}`;
    return new ConnectError('BALLAST_FINGERPRINT', text);
  }
}
