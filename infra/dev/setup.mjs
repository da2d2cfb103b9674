// Installs what the checkout needs, with nothing but Node and npm: the pinned pnpm, then the locked dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BIN = path.join(ROOT, 'node_modules/.bin');
const STAMP = path.join(ROOT, 'node_modules/.ballast-installed');
const BUILT = path.join(ROOT, 'node_modules/.ballast-built');

/** Environment in which the tools of the checkout are found first. */
export const toolEnv = {
  ...process.env,
  PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
};

/** Prints to standard error, so that standard output stays the program's own. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

export function fail(line) {
  say(line);
  process.exit(1);
}

/** Runs a program to its end and returns its exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, env: toolEnv, stdio: 'inherit', ...options });
  if (result.error) fail(`Could not run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Like {@link run}, but keeps the output to itself unless the program fails. */
export function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    env: toolEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    ...options,
  });
  if (result.error) fail(`Could not run ${command}: ${result.error.message}`);
  if (result.status !== 0) say(`${result.stdout}${result.stderr}`);
  return result.status ?? 1;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Ballast needs Node 20.19 or newer, and this is ${process.versions.node}. Debian 13 ships one that fits.`);
}

/** Installs the locked dependencies, unless the lock file is the one that was installed last. */
export function install() {
  checkNode();
  const lock = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'pnpm-lock.yaml')))
    .update(process.versions.modules)
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  say('Installing dependencies (once, about half a minute)...');
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const status = runQuietly('npm', [
    'exec',
    '--yes',
    `--package=${manifest.packageManager}`,
    '--',
    'pnpm',
    'install',
    '--frozen-lockfile',
  ]);
  if (status !== 0)
    fail('The dependencies could not be installed: the lines above say why. Is the npm registry reachable?');
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, lock);
}

/** Compiles what changed. */
export function build() {
  say('Building...');
  const startedAt = new Date();
  if (runQuietly('turbo', ['run', 'build', '--output-logs=errors-only']) !== 0)
    fail('The build failed: the lines above say where.');
  writeFileSync(BUILT, '');
  utimesSync(BUILT, startedAt, startedAt);
}

/** Whether the last build is of these sources. */
export function isBuilt() {
  if (!existsSync(BUILT)) return false;
  const builtAt = statSync(BUILT).mtimeMs;
  const isOlder = (file) => statSync(file).mtimeMs < builtAt;
  const sources = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder)).map((name) => path.join(ROOT, folder, name, 'src')),
  );
  return sources
    .filter(existsSync)
    .every((source) => readdirSync(source, { recursive: true }).every((file) => isOlder(path.join(source, file))));
}
