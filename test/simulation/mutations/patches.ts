import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATCHES = fileURLToPath(new URL('patches', import.meta.url));

/** The bugs that can be planted. */
export async function mutationNames(): Promise<readonly string[]> {
  const files = await readdir(PATCHES);
  return files.map((file) => path.basename(file, '.patch')).toSorted();
}

/**
 * Plants bugs in a directory of sources.
 * @param check only tells whether the patches still fit
 * @throws where one does not
 */
export async function plant(names: readonly string[], directory: string, check = false): Promise<void> {
  const files = names.map((name) => path.join(PATCHES, `${name}.patch`));
  // A repository around the directory would make git leave out what is not its own.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(directory) };
  await run('git', ['apply', ...(check ? ['--check'] : []), ...files], { cwd: directory, env });
}
