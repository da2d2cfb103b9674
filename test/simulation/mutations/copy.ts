import { cp, mkdir, mkdtemp, readdir, readlink, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** What is neither source nor read by a run. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.turbo', 'golden']);

/**
 * Copies the sources to a new directory, where they can be changed and run: other dependencies are those of the checkout,
 * packages of the workspace those of the copy.
 */
export async function copySources(): Promise<string> {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'ballast-mutation-'));
  for (const part of ['packages', 'apps']) {
    for (const name of await readdir(path.join(ROOT, part))) await copyPackage(path.join(part, name), copy);
  }
  await cp(path.join(ROOT, 'test/simulation'), path.join(copy, 'test/simulation'), { recursive: true });
  for (const file of ['package.json', 'tsconfig.base.json']) await cp(path.join(ROOT, file), path.join(copy, file));
  await linkModules('.', copy);
  return copy;
}

async function copyPackage(from: string, copy: string): Promise<void> {
  const filter = (source: string): boolean => !LEFT_OUT.has(path.basename(source)) && path.basename(source) !== 'test';
  await cp(path.join(ROOT, from), path.join(copy, from), { recursive: true, filter });
  await linkModules(from, copy);
}

/** Links what a package depends on. */
async function linkModules(from: string, copy: string): Promise<void> {
  const modules = path.join(ROOT, from, 'node_modules');
  const names = await readdir(modules).catch(() => []);
  await mkdir(path.join(copy, from, 'node_modules/@ballast'), { recursive: true });
  for (const name of names) {
    if (name === '@ballast') continue;
    await symlink(path.join(modules, name), path.join(copy, from, 'node_modules', name));
  }
  for (const name of await readdir(path.join(modules, '@ballast')).catch(() => [])) {
    const link = path.join(modules, '@ballast', name);
    const target = path.relative(ROOT, path.resolve(path.dirname(link), await readlink(link)));
    await symlink(path.join(copy, target), path.join(copy, from, 'node_modules/@ballast', name));
  }
}
