#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { describeError } from '@ballast/core';
import { runDemo } from './demo.ts';

const HELP = `Usage: npm run demo -- [options]

Shows Ballast at work on a simulated cluster: three nodes, twelve guests, HTTP
traffic through HAProxy, and one node that is too hot.

  --fabric             a second data plane beside HAProxy: Open vSwitch in network
                       namespaces, Ballast's flow manager, and the same load by
                       virtual IPs (needs root)
  --duration SECONDS   how long it runs (default 85, at least 45)
  --seed N             another cluster (default 1)
  --stay               go on until Ctrl-C
  --help               this text
`;

// A terminal that was closed, or a reader that has seen enough, takes no more; the demo ends in order all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      duration: { type: 'string', default: '85' },
      seed: { type: 'string', default: '1' },
      fabric: { type: 'boolean', default: false },
      stay: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return runDemo({
    duration: wholeNumber('--duration', values.duration, 45) * 1000,
    seed: wholeNumber('--seed', values.seed, 0),
    stay: values.stay,
    fabric: values.fabric,
    output: process.stdout,
  });
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`Expected ${option} to be a whole number from ${least} on, got "${text}".`);
}
