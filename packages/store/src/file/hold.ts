import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, fileSystemError } from '../errors.ts';
import { runs } from './replace.ts';

/** Whether this program alone writes the history of a directory from now on. */
export type Hold =
  | { readonly held: true; readonly release: () => Promise<void> }
  /** Another program does: what it calls itself, and its process. */
  | { readonly held: false; readonly by: string };

const FILE = 'holder.json';
const ATTEMPTS = 5;

const holderSchema = z.object({ id: z.string(), pid: z.number(), born: z.string(), who: z.string() });
type Holder = z.infer<typeof holderSchema>;

/**
 * Takes the one place of who writes in a directory: two programs that both kept its history would each write over what the
 * other has written. Who is gone, killed included, holds nothing any more; the host may have been started anew since.
 * @param who what the other one is told, such as `ballast rebalance of root@pve1`
 * @throws {StoreError} where the directory cannot be written
 */
export async function holdDirectory(directory: string, who: string): Promise<Hold> {
  const path = join(directory, FILE);
  const id = randomUUID();
  const own: Holder = { id, pid: process.pid, born: (await birthOf(process.pid)) ?? '', who };
  const beside = `${path}.${id}`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(beside, JSON.stringify(own), { mode: 0o600 });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await linked(beside, path)) return { held: true, release: () => release(path, own) };
      const text = await textOf(path);
      const holder = text === undefined ? undefined : parse(text);
      if (holder !== undefined && (await lives(holder))) {
        return { held: false, by: `${holder.who} (process ${holder.pid})` };
      }
      if (text !== undefined) await clear(path, text);
    }
    return { held: false, by: 'a program that begins at this moment' };
  } catch (cause) {
    throw fileSystemError(`take ${path}`, cause);
  } finally {
    await unlink(beside).catch(() => undefined);
  }
}

/** A second name for a whole file: it is there at once, or another one was first. */
async function linked(beside: string, path: string): Promise<boolean> {
  try {
    await link(beside, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function release(path: string, own: Holder): Promise<void> {
  if ((await textOf(path)) === JSON.stringify(own)) await unlink(path).catch(() => undefined);
}

/** Takes away what one left who is gone. If another one was quicker, what is taken away is its own, and is put back. */
async function clear(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await textOf(aside)) !== text) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A number of a process that is in use may be another one's by now: each is born at a time of its own. */
async function lives({ pid, born }: Holder): Promise<boolean> {
  if (!runs(pid)) return false;
  const now = await birthOf(pid);
  return now === undefined || now === born;
}

/** Which boot of the host, and when in it; nothing where the system does not tell (`proc(5)`: field 22 of `stat`). */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name of the program, in parentheses, may hold anything.
    return `${boot.trim()} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return undefined;
  }
}
