import { describe, expect, it } from 'vitest';
import { CLUSTER, lines, parse, refusal } from './reading.ts';

const withSecret = (reference: string): string => CLUSTER.replace('${' + 'env:BALLAST_TOKEN}', reference);

describe('a secret is taken', () => {
  it.each([
    ['from the environment', '${' + 'env:BALLAST_TOKEN}', '3f0c1a52-from-env'],
    ['from a file, without the newline at its end', 'file:/etc/ballast/token', '3f0c1a52-token'],
  ])('%s', (_, reference, secret) => {
    expect(parse(withSecret(reference)).cluster.auth).toMatchObject({ kind: 'token', secret });
  });

  it('as the password of a user', () => {
    const text = CLUSTER.replace('token: ballast@pve!operator', 'username: ballast@pve').replace(
      /secret: .*/,
      'password: file:/etc/ballast/password',
    );
    const auth = { kind: 'ticket', username: 'ballast@pve', password: 'correct horse' };
    expect(parse(text).cluster.auth).toEqual(auth);
  });

  it('as the token of the listening port', () => {
    expect(parse(`${CLUSTER}listen: { token: file:/etc/ballast/metrics-token }\n`).listen.token).toBe('scrape-me');
  });
});

const place = 'ballast.yaml:6:13: cluster.auth.secret:';

describe('a secret is refused:', () => {
  it.each([
    [
      'one written into the file',
      '3f0c1a52-literal',
      `${place} expected a reference: \${env:NAME} or file:/path/to/file, got a literal value (not shown). Put the secret into a file that only Ballast may read, and refer to it.`,
    ],
    [
      'a reference without its braces',
      'env:BALLAST_TOKEN',
      `${place} expected a reference: \${env:NAME} or file:/path/to/file, got a literal value (not shown). The form is \${env:NAME}, braces included.`,
    ],
    [
      'a variable that is not set',
      '${' + 'env:BALLAST_TOKNE}',
      `${place} expected the environment variable BALLAST_TOKNE to hold the secret, got no such variable. Set BALLAST_TOKNE where Ballast is started; systemd takes it from EnvironmentFile=.`,
    ],
    [
      'a variable that is empty',
      '${' + 'env:EMPTY}',
      `${place} expected the environment variable EMPTY to hold the secret, got an empty one. Set EMPTY where Ballast is started; systemd takes it from EnvironmentFile=.`,
    ],
    [
      'a file that is not there',
      'file:/etc/ballast/tokne',
      `${place} expected the file /etc/ballast/tokne to hold the secret, got no such file. Check the path.`,
    ],
    [
      'a file that may not be read',
      'file:/etc/ballast/locked',
      `${place} expected the file /etc/ballast/locked to hold the secret, got no permission to read it. Let the user that runs Ballast read it.`,
    ],
    [
      'an empty file',
      'file:/etc/ballast/empty',
      `${place} expected the file /etc/ballast/empty to hold the secret, got an empty file.`,
    ],
    [
      'a file of two lines',
      'file:/etc/ballast/two-lines',
      `${place} expected the file /etc/ballast/two-lines to hold the secret alone, got more than one line.`,
    ],
    [
      'a file with the whole token',
      'file:/etc/ballast/whole-token',
      `${place} expected the file /etc/ballast/whole-token to hold the secret alone, got the id of the token in front of it. Keep only the part behind the "=".`,
    ],
  ])('%s', (_, reference, message) => {
    expect(lines(withSecret(reference))).toEqual([message]);
  });
});

const SECRET = 'b1946ac9-2a4c-4b3e-9d3c-hunter2';

describe('a secret in the wrong place comes back in no message:', () => {
  it.each([
    ['as the secret', withSecret(SECRET)],
    ['behind the id of its token', CLUSTER.replace('!operator', `!operator=${SECRET}`)],
    ['in place of the section', `cluster: { name: a, endpoints: [a], auth: "a@pve!b=${SECRET}" }`],
    ['in an endpoint', CLUSTER.replace('//pve1', `//root:${SECRET}@pve1`)],
    ['in an endpoint over http', CLUSTER.replace('https://pve1', `http://root:${SECRET}@pve1`)],
    [
      'in the only endpoint, without a list',
      CLUSTER.replace('[https://pve1.example.com:8006]', `https://a:${SECRET}@b`),
    ],
    ['as the token of the port', `${CLUSTER}listen: { token: ${SECRET} }`],
    ['as a file of its own', SECRET],
    ['in broken YAML', `${CLUSTER.replace(/secret: .*/, `secret: "${SECRET}`)}}\n]${SECRET}`],
    ['behind a colon', CLUSTER.replace(/secret: .*/, `secret: a: ${SECRET}`)],
    ['as an unresolved tag', CLUSTER.replace(/secret: .*/, `secret: !vault ${SECRET}`)],
    ['in a structure', CLUSTER.replace(/secret: .*/, `secret: [${SECRET}]`)],
    [
      'as a key of PEM in the file',
      `${CLUSTER}  tls:\n    ca: |\n      -----BEGIN PRIVATE KEY-----\n      ${SECRET}\n`,
    ],
  ])('%s', (_, text) => {
    const error = refusal(text);
    expect(`${error.message}${JSON.stringify(error.problems)}${error.stack ?? ''}`).not.toContain('hunter2');
  });
});
