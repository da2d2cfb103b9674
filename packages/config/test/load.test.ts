import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig, loadFlowManagerConfig } from '@ballast/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER } from './reading.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'ballast-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, text);
  return file;
}

describe('a configuration file', () => {
  it('is read with the files it points to, from its own directory', async () => {
    await write('token', '3f0c1a52\n');
    const file = await write('ballast.yaml', CLUSTER.replace(/secret: .*/, 'secret: file:token'));
    const config = await loadConfig(file, {});
    expect(config.cluster.auth).toMatchObject({ secret: '3f0c1a52' });
    expect(config.source).toBe(file);
  });

  it('is named in what is wrong with it', async () => {
    const file = await write('ballast.yaml', `${CLUSTER}mode: atuo\n`);
    const error = await loadConfig(file, { BALLAST_TOKEN: 'x' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toBe(
      `One thing is wrong with the configuration ${file}:\n` +
        `  ${file}:7:7: mode: expected one of observe, advise, auto, got "atuo". Did you mean auto?`,
    );
  });

  it('that is not there is a failure of its own', async () => {
    const file = path.join(directory, 'missing.yaml');
    await expect(loadConfig(file, {})).rejects.toMatchObject({
      code: 'config-unreadable',
      message: `Expected to read the configuration ${file}, got ENOENT.`,
      hint: 'There is no such file; infra/ballast.minimal.yaml is one to start from.',
    });
  });

  it('that is a directory is one too', async () => {
    const file = path.join(directory, 'ballast.yaml');
    await mkdir(file);
    await expect(loadConfig(file, {})).rejects.toMatchObject({ code: 'config-unreadable', hint: 'It is a directory.' });
  });
});

describe("the flow manager's file", () => {
  it('is read with the files it points to, from its own directory', async () => {
    await write('token', 'hush\n');
    const file = await write('flow-manager.yaml', 'rest: { host: 0.0.0.0, token: file:token }\n');
    expect(await loadFlowManagerConfig(file, {})).toMatchObject({ source: file, rest: { token: 'hush' } });
  });

  it('that is not there is missed by its own name', async () => {
    await expect(loadFlowManagerConfig(path.join(directory, 'missing.yaml'), {})).rejects.toMatchObject({
      code: 'config-unreadable',
      hint: 'There is no such file; infra/flow-manager.minimal.yaml is one to start from.',
    });
  });
});
