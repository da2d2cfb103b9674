import type { Writable } from 'node:stream';
import { type DestinationStream, type Logger as PinoLogger, type LoggerOptions as PinoOptions, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { logError } from './errors.ts';
import { censor, maskText, SECRET_PATHS, withoutSecrets } from './redaction.ts';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = 'auto' | 'json' | 'pretty';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, JSON lines anywhere else. */
  readonly format: LogFormat;
  /** Standard output by default. */
  readonly destination?: Writable;
  /** Whether the destination is a terminal; asked of the destination by default. */
  readonly terminal?: boolean;
  /** Colours in the pretty format; on a terminal by default. */
  readonly colour?: boolean;
  /** The program, on every line. */
  readonly name?: string;
}

/**
 * A pino logger: ISO timestamps, level names, errors as code, message, hint and causes. Values under keys that look
 * like secrets, and secrets that can be told by their form, never reach the destination.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? process.stdout;
  const terminal = options.terminal ?? ('isTTY' in destination && destination.isTTY === true);
  const pretty = options.format === 'pretty' || (options.format === 'auto' && terminal);
  const stream = pretty ? prettyStream(destination, options.colour ?? terminal) : destination;
  return pino(pinoOptions(options), stream);
}

function pinoOptions(options: LoggerOptions): PinoOptions {
  return {
    level: options.level,
    base: options.name === undefined ? null : { name: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => withoutSecrets(fields) as Record<string, unknown>,
    },
    // Fields were serialized above; this reaches the errors bound to child loggers, and keeps pino's own away.
    serializers: { err: (error: unknown) => (error instanceof Error ? logError(error) : error) },
    redact: { paths: [...SECRET_PATHS], censor },
    hooks: { streamWrite: maskText },
  };
}

function prettyStream(destination: Writable, colour: boolean): DestinationStream {
  return PinoPretty({
    destination,
    colorize: colour,
    colorizeObjects: false,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,name',
    sync: true,
  });
}
