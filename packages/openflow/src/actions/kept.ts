import type { Writer } from '../bytes/writer.ts';
import type { Version } from '../versions.ts';
import type { Action, ActionsWriter } from './types.ts';

/** The bytes by version, for as long as the array itself lives. */
const KEPT = new WeakMap<readonly Action[], Map<Version, Uint8Array>>();

/**
 * The same actions, to be sent over and over: a message that carries this very array takes bytes that were written
 * once for each version. Neither they nor what is in them may change.
 */
export function keptActions(actions: readonly Action[]): readonly Action[] {
  const kept = Object.freeze([...actions]);
  KEPT.set(kept, new Map());
  return kept;
}

/** Writes actions by `write`, or as they were written before. */
export function writeKept(writer: Writer, actions: readonly Action[], write: ActionsWriter): void {
  const kept = KEPT.get(actions);
  const bytes = kept?.get(writer.version);
  if (bytes !== undefined) writer.bytes(bytes);
  else {
    const start = writer.pos;
    write(writer, actions);
    kept?.set(writer.version, writer.copy(start));
  }
}
