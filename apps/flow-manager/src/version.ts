import { readFileSync } from 'node:fs';

/** The version of this package, shown in logs and metrics. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
