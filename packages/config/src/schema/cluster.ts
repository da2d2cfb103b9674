import { z } from 'zod';
import type { AuthConfig, ClusterConfig, MigrationConfig, TlsConfig } from '../types.ts';
import { duration } from '../values/duration.ts';
import { name } from '../values/names.ts';
import { endpoint, fingerprints } from '../values/network.ts';
import { certificates } from '../values/pem.ts';
import { rate } from '../values/rate.ts';
import { type Reading, scalar } from '../values/scalar.ts';
import { type Sources, secret } from '../values/secret.ts';

/** The cluster as its own section states it. */
export type ClusterSettings = Omit<ClusterConfig, 'migration'> & {
  readonly migration: Omit<MigrationConfig, 'localDisks'>;
};

export function cluster(sources: Sources): z.ZodType<ClusterSettings> {
  return z
    .strictObject({
      name: name().describe("Ballast's own name for the cluster, in logs and reports."),
      endpoints: z
        .array(endpoint())
        .min(1)
        .describe('Nodes to ask, tried in this order. Any member answers for the whole cluster; port 8006 by default.'),
      auth: auth(sources),
      tls: tls(sources).prefault({}).describe("How the nodes' certificates are verified."),
      timeout: duration('1s', '5m').prefault('10s').describe('Longest wait for one answer.'),
      retries: z.int().min(0).max(10).prefault(2).describe('Further attempts of a request that is safe to repeat.'),
      requestsPerRound: z
        .int()
        .min(20)
        .max(100_000)
        .prefault(55)
        .describe(
          'Requests in one round; beyond them guests are inspected in the next one. A snapshot is always taken. About one for each node is a good number.',
        ),
      tagPrefixes: z
        .array(tagPrefix())
        .prefault(['ballast-'])
        .describe('Tags of guests that begin with one of these state rules.'),
      migration: migration().prefault({}).describe('Options of the migrations that are requested.'),
    })
    .describe('The Proxmox VE cluster.');
}

const TOKEN_KEYS = ['token', 'secret'] as const;
const USER_KEYS = ['username', 'password'] as const;

/** Either a token and its secret, or a user and a password. */
function auth(sources: Sources): z.ZodType<AuthConfig> {
  return z
    .strictObject({
      token: tokenId().exactOptional().describe('Id of an API token: USER@REALM!NAME.'),
      secret: secret(sources).exactOptional().describe('Secret of the token, by reference.'),
      username: userId().exactOptional().describe('USER@REALM; needs a password instead of a token.'),
      password: secret(sources).exactOptional().describe('Password of the user, by reference.'),
    })
    .describe('An API token with its secret, or a user with a password.')
    .meta({ oneOf: [{ required: [...TOKEN_KEYS] }, { required: [...USER_KEYS] }] })
    .transform(({ token, secret: tokenSecret, username, password }, context) => {
      const asToken = token !== undefined || tokenSecret !== undefined;
      const asUser = username !== undefined || password !== undefined;
      if (!asUser && token !== undefined && tokenSecret !== undefined) {
        return { kind: 'token', id: token, secret: tokenSecret } as const;
      }
      if (!asToken && username !== undefined && password !== undefined) {
        return { kind: 'ticket', username, password } as const;
      }
      const params = { expected: 'either token and secret, or username and password', got: gotKeys(asToken, asUser) };
      context.addIssue({ code: 'custom', message: params.expected, params });
      return z.NEVER;
    });
}

function gotKeys(asToken: boolean, asUser: boolean): string {
  if (asToken && asUser) return 'keys of both';
  return asToken || asUser ? 'one without the other' : 'neither';
}

function tokenId(): z.ZodType<string> {
  const expected = 'the id of an API token, such as ballast@pve!operator';
  return scalar(
    (value): Reading<string> => {
      if (typeof value !== 'string') return { expected };
      if (/^[^\s@!=]+@[^\s@!=]+![A-Za-z][\w.-]*$/.test(value)) return { value };
      if (value.includes('='))
        return { expected, hint: 'The part behind the "=" is the secret: it belongs into `secret`.' };
      return { expected, ...(value.includes('!') ? {} : { hint: 'Proxmox VE shows it as USER@REALM!NAME.' }) };
    },
    { type: 'string', pattern: '^[^\\s@!=]+@[^\\s@!=]+![A-Za-z][\\w.-]*$', examples: ['ballast@pve!operator'] },
    // Whoever pastes the whole token here pastes its secret.
    { secret: true },
  );
}

function userId(): z.ZodType<string> {
  const expected = 'a user with its realm, such as ballast@pve';
  const pattern = '^[^\\s@!]+@[^\\s@!]+$';
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> => (typeof value === 'string' && expression.test(value) ? { value } : { expected }),
    { type: 'string', pattern, examples: ['ballast@pve'] },
  );
}

function tls(sources: Sources): z.ZodType<TlsConfig> {
  return z
    .strictObject({
      ca: certificates(sources, '/etc/pve/pve-root-ca.pem')
        .exactOptional()
        .describe("PEM file with the authorities to trust; a cluster's own is /etc/pve/pve-root-ca.pem."),
      fingerprint: fingerprints()
        .exactOptional()
        .describe("SHA-256 fingerprint of a node's certificate, or a list of them; a node must present one of them."),
      insecure: z
        .boolean()
        .prefault(false)
        .describe('Verify nothing. For a test bench alone: the token can be stolen.'),
    })
    .transform(({ fingerprint, ...rest }) => ({
      ...rest,
      ...(fingerprint === undefined ? {} : { fingerprints: fingerprint }),
    }));
}

function tagPrefix(): z.ZodType<string> {
  const pattern = '^[a-z0-9_][a-z0-9_+.-]*$';
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> =>
      typeof value === 'string' && expression.test(value)
        ? { value }
        : { expected: 'the beginning of a tag (lower-case letters, digits, _ + . -)' },
    { type: 'string', pattern },
  );
}

/** Without `localDisks`, which the balance policy states. */
function migration(): z.ZodType<Omit<MigrationConfig, 'localDisks'>> {
  return z.strictObject({
    bandwidthLimit: rate()
      .exactOptional()
      .describe("Upper bound of the bandwidth of one migration; the cluster's own limit when left out."),
    targetStorage: storage()
      .exactOptional()
      .describe('Storage that takes local disks on the target node, or FROM:TO,...; the same name when left out.'),
    containerTimeout: duration('1s', '1h')
      .prefault('3m')
      .describe('How long a container may take to shut down before it moves.'),
    conntrack: z
      .boolean()
      .prefault(true)
      .describe("Take the connections that the host's firewall knows along, where Proxmox VE can (9 and later)."),
  });
}

/** Proxmox VE's parameter `targetstorage`: one storage, or pairs of storages. */
function storage(): z.ZodType<string> {
  const pattern = '^[A-Za-z][\\w.-]*(:[A-Za-z][\\w.-]*(,[A-Za-z][\\w.-]*:[A-Za-z][\\w.-]*)*)?$';
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> =>
      typeof value === 'string' && expression.test(value)
        ? { value }
        : { expected: 'the name of a storage, or pairs FROM:TO,FROM:TO' },
    { type: 'string', pattern },
  );
}
