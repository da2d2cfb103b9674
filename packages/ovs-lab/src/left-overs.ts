import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ip } from './system.ts';

/** Namespaces and folders are named after the process that made them, and a number. */
export const PREFIX = 'ballast-lab-';

/** Deletes what runs have left whose process is gone: programs, namespaces with their interfaces, files. */
export async function deleteLeftOvers(): Promise<void> {
  const namespaces = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0] ?? '');
  await Promise.all(namespaces.filter(isAbandoned).map(deleteNamespace));
  const folders = (await readdir(tmpdir())).filter(isAbandoned);
  await Promise.all(folders.map((name) => rm(path.join(tmpdir(), name), { recursive: true, force: true })));
}

function isAbandoned(name: string): boolean {
  const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** Another process may be deleting it at the same time, which is as good. */
async function deleteNamespace(namespace: string): Promise<void> {
  const pids = await ip('netns', 'pids', namespace).catch(() => '');
  for (const pid of pids.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  await ip('netns', 'delete', namespace).catch(() => undefined);
}
