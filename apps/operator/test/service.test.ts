import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { parseConfig } from '@ballast/config';
import { createLogger } from '@ballast/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { startOperator } from '../src/index.ts';

let holder: Server | undefined;
afterEach(() => void holder?.close());

describe('the service', () => {
  it('names the port that another program holds', async () => {
    const port = await takenPort();
    const config = parseConfig(
      `
cluster:
  name: test
  endpoints: [https://127.0.0.1:9]
  auth: { token: ballast@pve!operator, secret: "\${env:TOKEN}" }
listen: { port: ${port} }
state: { directory: ${os.tmpdir()} }
`,
      { file: 'test.yaml', env: { TOKEN: 'a-secret' }, readSecret: () => '' },
    );
    const log = createLogger({ level: 'silent', format: 'json' });
    await expect(startOperator(config, { log })).rejects.toMatchObject({
      code: 'listen-failed',
      message: `Expected to listen on 127.0.0.1:${port}, got EADDRINUSE.`,
      hint: 'Choose a free port in `listen`, or stop the program that holds it.',
    });
  });
});

function takenPort(): Promise<number> {
  return new Promise((resolve) => {
    holder = createServer().listen(0, '127.0.0.1', function (this: Server) {
      resolve((this.address() as AddressInfo).port);
    });
  });
}
