import { link, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf, fileSystemError } from '../errors.ts';

/**
 * Replaces a file by `text`, whole or not at all: written to a file beside it, flushed, renamed over it, and the
 * directory flushed, so that it survives a crash of the host too. Missing directories are made. What was there before
 * stays as {@link previousOf} the file, in case a disk loses what it said it had.
 * @throws {StoreError} and leaves what was there
 */
export async function replaceFile(noun: string, path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFlushed(beside, text);
    await keepPrevious(path, `${beside}.previous`);
    await rename(beside, path);
    await flushDirectory(dirname(path));
  } catch (cause) {
    await unlink(beside).catch(() => undefined);
    throw fileSystemError(`save the ${noun} to ${path}`, cause);
  }
}

/** Where the text is that a file held before the newest. */
export function previousOf(path: string): string {
  return `${path}.previous`;
}

/** An aid against damage, nothing that a save depends on: some file systems have no hard links. */
async function keepPrevious(path: string, beside: string): Promise<void> {
  try {
    await link(path, beside);
    await rename(beside, previousOf(path));
  } catch {
    // The save goes on without.
  } finally {
    // A rename between two names of one file does nothing, and says that all is well.
    await unlink(beside).catch(() => undefined);
  }
}

/** Removes what saves left behind that were killed half-way: files of processes that are gone. */
export async function removeLeftovers(path: string): Promise<void> {
  const start = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const pid = name.startsWith(start) ? /^(\d+)\.tmp(?:\.previous)?$/.exec(name.slice(start.length))?.[1] : undefined;
    if (pid !== undefined && !runs(Number(pid))) await unlink(join(dirname(path), name)).catch(() => undefined);
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    // Goes on after a short write, as a nearly full disk gives: what is renamed is all of the text or nothing.
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some file systems (FUSE, SMB) cannot flush a directory; the file itself is flushed.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM'].includes(errnoOf(error))) throw error;
  } finally {
    await directory.close();
  }
}

/** Whether there is a process of this number, whoever it belongs to. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
