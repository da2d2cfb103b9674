#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { run } from './program.ts';

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  readFile: (file) => readFile(file),
  now: () => Date.now(),
  stopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
    }),
});
