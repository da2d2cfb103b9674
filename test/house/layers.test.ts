import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A small house that keeps every rule. */
const CLEAN: Readonly<Record<string, string>> = {
  'packages/core/src/index.ts': 'export const core = 1;',
  'packages/planner/src/index.ts': "export { core } from '../../core/src/index.ts';",
  'packages/proxmox/src/index.ts': "export { core } from '../../core/src/index.ts';",
  'packages/targets/src/index.ts': "import 'node:net';\nexport { core } from '../../core/src/index.ts';",
  'packages/operator/src/index.ts': "export { core } from '../../planner/src/index.ts';",
  'packages/ovs-lab/src/index.ts': "export { core } from '../../core/src/index.ts';",
  'apps/demo/src/index.ts': "export { core } from '../../../packages/ovs-lab/src/index.ts';",
  'packages/testkit/src/index.ts': "export { core } from '../../core/src/index.ts';",
  'apps/cli/src/index.ts': "export { core } from '../../../packages/targets/src/index.ts';",
};

const PLANTED: readonly { readonly rule: string; readonly file: string; readonly text: string }[] = [
  { rule: 'pure-means-pure', file: 'packages/planner/src/disk.ts', text: "import 'node:fs';" },
  { rule: 'core-imports-nothing', file: 'packages/core/src/up.ts', text: "import '../../planner/src/index.ts';" },
  {
    rule: 'middle-knows-core-alone',
    file: 'packages/planner/src/side.ts',
    text: "import '../../proxmox/src/index.ts';",
  },
  {
    rule: 'drivers-know-core-alone',
    file: 'packages/proxmox/src/side.ts',
    text: "import '../../targets/src/index.ts';",
  },
  {
    rule: 'operator-knows-no-driver',
    file: 'packages/operator/src/down.ts',
    text: "import '../../proxmox/src/index.ts';",
  },
  { rule: 'nobody-imports-apps', file: 'packages/targets/src/up.ts', text: "import '../../../apps/cli/src/index.ts';" },
  {
    rule: 'testkit-is-for-tests',
    file: 'apps/cli/src/kit.ts',
    text: "import '../../../packages/testkit/src/index.ts';",
  },
  {
    rule: 'lab-is-for-demo-and-tests',
    file: 'apps/cli/src/lab.ts',
    text: "import '../../../packages/ovs-lab/src/index.ts';",
  },
  {
    rule: 'drivers-know-core-alone',
    file: 'packages/ovs-lab/src/side.ts',
    text: "import '../../targets/src/index.ts';",
  },
  { rule: 'packages-by-their-door', file: 'apps/cli/src/in.ts', text: "import '../../../packages/core/src/up.ts';" },
  { rule: 'no-unresolvable', file: 'packages/core/src/lost.ts', text: "import './nowhere.ts';" },
  { rule: 'no-circular', file: 'packages/core/src/round.ts', text: "import './round-two.ts';" },
];

let house = '';
afterEach(() => rmSync(house, { recursive: true, force: true }));

function check(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly output: string } {
  house = mkdtempSync(path.join(os.tmpdir(), 'house-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(house, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  const program = path.join(ROOT, 'node_modules/.bin/depcruise');
  const config = path.join(ROOT, '.dependency-cruiser.cjs');
  const result = spawnSync(program, ['--config', config, 'packages', 'apps'], { cwd: house, encoding: 'utf8' });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

describe('the layer check', () => {
  it('passes a house that keeps the rules', () => {
    expect(check(CLEAN)).toMatchObject({ status: 0 });
  });

  it.each(PLANTED)('finds a planted violation of $rule', ({ rule, file, text }) => {
    const others = {
      'packages/core/src/up.ts': 'export const up = 1;',
      'packages/core/src/round-two.ts': "import './round.ts';",
      'packages/core/src/round.ts': 'export const round = 1;',
    };
    const { status, output } = check({ ...CLEAN, ...others, [file]: text });
    expect(output).toContain(rule);
    expect(status).not.toBe(0);
  });
});
