import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { HaproxyError } from '../errors.ts';

/** How to get the program, one sentence. */
export const haproxyInstallHint = 'Install it (Debian: `apt-get install haproxy`), or name its path.';

/** Debian puts servers where an ordinary user's PATH does not look. */
const SERVER_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The path of the haproxy program.
 * @param binary a path, or the name to look for in PATH and the directories of servers; `haproxy` when left out
 * @throws {HaproxyError} `haproxy-missing`
 */
export async function findHaproxy(binary = 'haproxy', searchPath: string = process.env['PATH'] ?? ''): Promise<string> {
  const directories = binary.includes(path.sep) ? [''] : [...searchPath.split(path.delimiter), ...SERVER_DIRECTORIES];
  for (const candidate of directories.map((directory) => path.resolve(directory, binary))) {
    if (await isProgram(candidate)) return candidate;
  }
  const where = binary.includes(path.sep) ? `at ${binary}` : `"${binary}" in PATH and ${SERVER_DIRECTORIES.join(', ')}`;
  throw new HaproxyError('haproxy-missing', `Expected the haproxy program ${where}, found none.`, {
    hint: haproxyInstallHint,
  });
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
