import { describe, expect, it } from 'vitest';
import { classify, matchFailure } from '../src/errors/classify.ts';
import type { Failure } from '../src/errors/failure.ts';
import { FAILURES } from '../src/errors/failures.ts';
import type { FailureKind } from '../src/errors/proxmox-error.ts';
import { TASK_ENDS, taskEnd } from '../src/errors/task-ends.ts';
import { errorsPage } from './support/errors-page.ts';

const GET_RESOURCES = {
  method: 'GET',
  path: '/cluster/resources',
  endpoint: 'pve1:8006',
  identity: 'token ballast@pve!operator',
  timeout: 10_000,
};
const MIGRATE = { ...GET_RESOURCES, method: 'POST', path: '/nodes/pve1/qemu/100/migrate' };
const TASK = { ...GET_RESOURCES, path: '/nodes/pve1/tasks/UPID:x/status' };
const LOGIN = { ...GET_RESOURCES, method: 'POST', path: '/access/ticket', identity: 'user root@pam' };

const failed = (fields: Partial<Failure>): Failure => ({
  call: GET_RESOURCES,
  status: 0,
  errno: '',
  text: '',
  fields: {},
  unsent: false,
  ...fields,
});

/** Each row of the table at least once: what is seen on the wire, its name, its kind, the words. */
const ROWS: readonly [what: string, failure: Failure, code: string, kind: FailureKind, message: string][] = [
  [
    'wrong fingerprint',
    failed({ errno: 'BALLAST_FINGERPRINT', text: 'the certificate with the SHA-256 fingerprint AA, got BB' }),
    'proxmox-tls-fingerprint',
    'tls',
    'Expected pve1:8006 to show the certificate with the SHA-256 fingerprint AA, got BB. Nothing was sent to it.',
  ],
  [
    'self-signed certificate',
    failed({ errno: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    'proxmox-tls-untrusted',
    'tls',
    'Expected pve1:8006 to show a certificate of a known authority, got one that is not (DEPTH_ZERO_SELF_SIGNED_CERT). Nothing was sent to it.',
  ],
  [
    'certificate for another name',
    failed({ errno: 'ERR_TLS_CERT_ALTNAME_INVALID', text: 'Host: pve1. is not in the cert' }),
    'proxmox-tls-name',
    'tls',
    'Expected pve1:8006 to show a certificate for its name, got: Host: pve1. is not in the cert',
  ],
  [
    'expired certificate',
    failed({ errno: 'CERT_HAS_EXPIRED' }),
    'proxmox-tls-expired',
    'tls',
    'Expected pve1:8006 to show a certificate that is valid now, got CERT_HAS_EXPIRED.',
  ],
  [
    'no TLS',
    failed({ errno: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
    'proxmox-tls-protocol',
    'tls',
    'Expected pve1:8006 to speak TLS, got ERR_SSL_WRONG_VERSION_NUMBER.',
  ],
  [
    'unknown name',
    failed({ errno: 'ENOTFOUND' }),
    'proxmox-name-unknown',
    'transient',
    'Expected the name in pve1:8006 to resolve to an address, got ENOTFOUND.',
  ],
  [
    'connection refused',
    failed({ errno: 'ECONNREFUSED' }),
    'proxmox-unreachable',
    'transient',
    'Expected pve1:8006 to accept a connection, got ECONNREFUSED.',
  ],
  [
    'time-out',
    failed({ errno: 'BALLAST_TIMEOUT' }),
    'proxmox-timeout',
    'transient',
    'Expected pve1:8006 to answer GET /cluster/resources within 10 s, got nothing.',
  ],
  [
    'given up for another request',
    failed({ errno: 'BALLAST_ENDPOINT_DOWN' }),
    'proxmox-endpoint-down',
    'transient',
    'Expected pve1:8006 to answer GET /cluster/resources, and gave it up: it did not answer another request in time.',
  ],
  [
    'connection reset',
    failed({ errno: 'ECONNRESET' }),
    'proxmox-answer-broken',
    'transient',
    'Expected a whole answer of pve1:8006 to GET /cluster/resources, got a connection that broke off (ECONNRESET).',
  ],
  [
    'half a response',
    failed({ errno: 'BALLAST_TRUNCATED' }),
    'proxmox-answer-broken',
    'transient',
    'Expected a whole answer of pve1:8006 to GET /cluster/resources, got a connection that broke off (half a response).',
  ],
  [
    'an endless answer',
    failed({ errno: 'BALLAST_TOO_LARGE' }),
    'proxmox-answer-too-large',
    'fatal',
    'Expected an answer of at most 64 MiB to GET /cluster/resources, got a larger one.',
  ],
  [
    'second factor',
    failed({ errno: 'BALLAST_NEED_TFA', call: LOGIN }),
    'proxmox-second-factor',
    'auth',
    'Expected a ticket for user root@pam, got a challenge for a second factor.',
  ],
  [
    'garbage',
    failed({ errno: 'BALLAST_NOT_JSON', status: 200, text: '"<html>" (text/html, 6 characters)' }),
    'proxmox-not-json',
    'transient',
    'Expected JSON as the answer to GET /cluster/resources, got "<html>" (text/html, 6 characters).',
  ],
  [
    'no data',
    failed({ errno: 'BALLAST_NO_DATA', status: 200, text: 'the keys hello' }),
    'proxmox-no-data',
    'transient',
    'Expected the key `data` in the answer to GET /cluster/resources, got the keys hello.',
  ],
  [
    'another server',
    failed({ status: 404, text: 'Not Found' }),
    'proxmox-not-proxmox',
    'fatal',
    'Expected pve1:8006 to be a Proxmox VE node, got HTTP 404 (Not Found) for GET /cluster/resources.',
  ],
  [
    'a redirect',
    failed({ status: 302, text: 'Found' }),
    'proxmox-not-proxmox',
    'fatal',
    'Expected pve1:8006 to be a Proxmox VE node, got HTTP 302 (Found) for GET /cluster/resources.',
  ],
  [
    'a proxy without its server',
    failed({ status: 502, text: 'Bad Gateway' }),
    'proxmox-unavailable',
    'transient',
    'Expected pve1:8006 to answer GET /cluster/resources, got HTTP 502 (Bad Gateway).',
  ],
  [
    'wrong password',
    failed({ status: 401, text: 'authentication failure', call: LOGIN }),
    'proxmox-login-refused',
    'auth',
    'Expected Proxmox VE to accept the password of user root@pam, got 401 (authentication failure).',
  ],
  [
    'wrong token',
    failed({ status: 401, text: 'Authentication failed!' }),
    'proxmox-unauthorized',
    'auth',
    'Expected Proxmox VE to accept token ballast@pve!operator, got 401 (Authentication failed!).',
  ],
  [
    'a ticket of another version',
    failed({ status: 401, text: 'permission denied - invalid PVE ticket' }),
    'proxmox-unauthorized',
    'auth',
    'Expected Proxmox VE to accept token ballast@pve!operator, got 401 (permission denied - invalid PVE ticket).',
  ],
  [
    'missing privilege',
    failed({ status: 403, text: 'Permission check failed (/vms/100, VM.Migrate)', call: MIGRATE }),
    'proxmox-forbidden',
    'permission',
    'Expected token ballast@pve!operator to have VM.Migrate on /vms/100, which POST /nodes/pve1/qemu/100/migrate needs, got 403 (Permission check failed (/vms/100, VM.Migrate)).',
  ],
  [
    'forbidden without a path',
    failed({ status: 403, text: 'Permission check failed' }),
    'proxmox-forbidden',
    'permission',
    'Expected token ballast@pve!operator to be allowed GET /cluster/resources, got 403 (Permission check failed).',
  ],
  [
    'forgotten task',
    failed({ status: 400, text: 'Parameter verification failed.', fields: { upid: 'no such task' }, call: TASK }),
    'proxmox-task-gone',
    'gone',
    'Expected a task that Proxmox VE knows, got upid: no such task.',
  ],
  [
    'bad parameter',
    failed({
      status: 400,
      text: 'Parameter verification failed.',
      fields: { target: 'target is local node.' },
      call: MIGRATE,
    }),
    'proxmox-parameter',
    'fatal',
    'Proxmox VE refused a parameter of POST /nodes/pve1/qemu/100/migrate: target: target is local node.',
  ],
  [
    'locked guest',
    failed({ status: 500, text: 'VM is locked (backup)', call: MIGRATE }),
    'proxmox-guest-locked',
    'conflict',
    'The guest is locked: backup.',
  ],
  [
    'locked container',
    failed({ status: 500, text: 'CT is locked (snapshot-delete)', call: MIGRATE }),
    'proxmox-guest-locked',
    'conflict',
    'The guest is locked: snapshot-delete.',
  ],
  [
    'lock file held',
    failed({ status: 500, text: "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", call: MIGRATE }),
    'proxmox-guest-locked',
    'conflict',
    "The guest is locked by another task: can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout.",
  ],
  [
    'no quorum',
    failed({ status: 500, text: 'cluster not ready - no quorum?', call: MIGRATE }),
    'proxmox-no-quorum',
    'conflict',
    'Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: cluster not ready - no quorum?',
  ],
  [
    'guest is elsewhere',
    failed({
      status: 500,
      text: "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist",
      call: MIGRATE,
    }),
    'proxmox-guest-gone',
    'gone',
    "Expected the guest of /nodes/pve1/qemu/100/migrate on that node, got: Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist.",
  ],
  [
    'unknown target',
    failed({ status: 500, text: "no such cluster node 'pve9'", call: MIGRATE }),
    'proxmox-node-unknown',
    'gone',
    'Expected a node of the cluster, got pve9, which it does not know.',
  ],
  [
    'unknown node in the path',
    failed({ status: 500, text: "hostname lookup 'pve9' failed - failed to get address info for: pve9" }),
    'proxmox-node-unknown',
    'gone',
    'Expected a node of the cluster, got pve9, which it does not know.',
  ],
  [
    'started meanwhile',
    failed({ status: 500, text: "can't migrate running VM without --online", call: MIGRATE }),
    'proxmox-guest-state',
    'conflict',
    "The guest is in another state than expected: can't migrate running VM without --online.",
  ],
  [
    'stopped meanwhile',
    failed({ status: 500, text: 'VM 100 is not running' }),
    'proxmox-guest-state',
    'conflict',
    'The guest is in another state than expected: VM 100 is not running.',
  ],
  [
    'replicated elsewhere',
    failed({
      status: 500,
      text: "Cannot live-migrate replicated VM to node 'pve2' - not a replication target. Use 'force' to override.",
      call: MIGRATE,
    }),
    'proxmox-not-replicated',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: Cannot live-migrate replicated VM to node 'pve2' - not a replication target. Use 'force' to override.",
  ],
  [
    'storage missing on the target',
    failed({ status: 500, text: "storage 'local-zfs' is not available on node 'pve2'", call: MIGRATE }),
    'proxmox-storage',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: storage 'local-zfs' is not available on node 'pve2'.",
  ],
  [
    'quorum lost while something is written',
    failed({
      status: 500,
      text: "unable to open file '/etc/pve/nodes/pve1/qemu-server/100.conf.tmp.1' - Permission denied",
      call: MIGRATE,
    }),
    'proxmox-no-quorum',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: unable to open file '/etc/pve/nodes/pve1/qemu-server/100.conf.tmp.1' - Permission denied.",
  ],
  [
    'storage switched off',
    failed({ status: 500, text: "storage 'nfs' is disabled", call: MIGRATE }),
    'proxmox-storage',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: storage 'nfs' is disabled.",
  ],
  [
    'storage that is gone',
    failed({ status: 500, text: "storage 'tank' does not exist", call: MIGRATE }),
    'proxmox-storage',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: storage 'tank' does not exist.",
  ],
  [
    'device of the host',
    failed({ status: 500, text: "can't migrate VM which uses local devices: hostpci0, usb0", call: MIGRATE }),
    'proxmox-guest-bound',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: can't migrate VM which uses local devices: hostpci0, usb0.",
  ],
  [
    'mapped device that the target lacks',
    failed({ status: 500, text: "can't migrate to 'pve2': missing mapped devices hostpci0", call: MIGRATE }),
    'proxmox-guest-bound',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: can't migrate to 'pve2': missing mapped devices hostpci0.",
  ],
  [
    'disk that would have to be copied',
    failed({
      status: 500,
      text: "can't live migrate attached local disks without with-local-disks option",
      call: MIGRATE,
    }),
    'proxmox-guest-bound',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: can't live migrate attached local disks without with-local-disks option.",
  ],
  [
    'snapshot of a local disk',
    failed({
      status: 500,
      text: 'online storage migration not possible if non-replicated snapshot exists',
      call: MIGRATE,
    }),
    'proxmox-guest-bound',
    'conflict',
    'Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: online storage migration not possible if non-replicated snapshot exists.',
  ],
  [
    'changed at the same time',
    failed({ status: 500, text: 'checksum mismatch (file change by other user?)', call: MIGRATE }),
    'proxmox-changed-meanwhile',
    'conflict',
    'Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: checksum mismatch (file change by other user?).',
  ],
  [
    'taken from the HA manager',
    failed({ status: 500, text: "resource 'vm:100' is not HA managed", call: MIGRATE }),
    'proxmox-ha-unmanaged',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: resource 'vm:100' is not HA managed.",
  ],
  [
    'HA groups that became rules',
    failed({ status: 500, text: 'cannot index groups: ha groups have been migrated to rules' }),
    'proxmox-ha-groups-gone',
    'gone',
    'Proxmox VE refused GET /cluster/resources: cannot index groups: ha groups have been migrated to rules.',
  ],
  [
    'HA service in error',
    failed({ status: 500, text: "service 'vm:100' in error state, must be disabled and fixed first", call: MIGRATE }),
    'proxmox-ha-error',
    'conflict',
    "Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: service 'vm:100' in error state, must be disabled and fixed first.",
  ],
  [
    'no agent',
    failed({ status: 500, text: 'QEMU guest agent is not running' }),
    'proxmox-agent-absent',
    'gone',
    'Proxmox VE refused GET /cluster/resources: QEMU guest agent is not running.',
  ],
  [
    'a node refuses its neighbour',
    failed({ status: 595, text: 'Connection refused', call: TASK }),
    'proxmox-node-unreachable',
    'transient',
    'Expected the node behind GET /nodes/pve1/tasks/UPID:x/status to answer pve1:8006, got HTTP 595 (Connection refused).',
  ],
  [
    'a node closes while it answers',
    failed({ status: 599, text: 'Connection closed', call: TASK }),
    'proxmox-node-unreachable',
    'transient',
    'Expected the node behind GET /nodes/pve1/tasks/UPID:x/status to answer pve1:8006, got HTTP 599 (Connection closed).',
  ],
  [
    'a node hangs',
    failed({ status: 596, text: '', call: TASK }),
    'proxmox-node-unreachable',
    'transient',
    'Expected the node behind GET /nodes/pve1/tasks/UPID:x/status to answer pve1:8006, got HTTP 596 (no reason given).',
  ],
  [
    'no daemon behind the endpoint itself',
    failed({ status: 595, text: 'Connection refused' }),
    'proxmox-daemon-down',
    'transient',
    'Expected pve1:8006 to answer GET /cluster/resources itself, got HTTP 595 (Connection refused).',
  ],
  [
    'pmxcfs restarts on another node',
    failed({ status: 500, text: 'ipcc_send_rec[1] failed: Connection refused', call: MIGRATE }),
    'proxmox-busy',
    'transient',
    'Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: ipcc_send_rec[1] failed: Connection refused.',
  ],
  [
    'pmxcfs restarts on the endpoint',
    failed({ status: 500, text: 'ipcc_send_rec[1] failed: Connection refused' }),
    'proxmox-cluster-files',
    'transient',
    'Proxmox VE refused GET /cluster/resources: ipcc_send_rec[1] failed: Connection refused.',
  ],
  [
    'an older version',
    failed({ status: 501, text: "Method 'GET /cluster/ha/rules' not implemented" }),
    'proxmox-not-implemented',
    'gone',
    "Expected Proxmox VE to know GET /cluster/resources, got 501 (Method 'GET /cluster/ha/rules' not implemented).",
  ],
  [
    'any other reason',
    failed({ status: 500, text: 'the moon is in the wrong phase', call: MIGRATE }),
    'proxmox-refused',
    'fatal',
    'Proxmox VE refused POST /nodes/pve1/qemu/100/migrate: the moon is in the wrong phase.',
  ],
  [
    'anything else',
    failed({ status: 418, text: "I'm a teapot" }),
    'proxmox-unexpected',
    'fatal',
    "Expected an answer of the Proxmox VE API to GET /cluster/resources, got HTTP 418 (I'm a teapot).",
  ],
];

/** Each way a task ends badly: its exit status, the first error of its log, the name of the row. */
const ENDS: readonly [exit: string, error: string | undefined, code: string][] = [
  ['VM is locked (backup)', undefined, 'task-locked'],
  ['migration aborted', "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", 'task-locked'],
  ['migration aborted', "can't migrate VM which uses local devices: hostpci0, usb0", 'task-device'],
  [
    'migration aborted',
    "can't live migrate running VM which uses following mapped devices: hostpci0:gpu",
    'task-device',
  ],
  ['migration aborted', "can't migrate local disk 'local:iso/x.iso': local cdrom image", 'task-image'],
  ['migration aborted', "cannot migrate local bind mount point 'mp0'", 'task-mount'],
  ['migration aborted', "can't live migrate attached local disks without with-local-disks option", 'task-local-disk'],
  ['migration aborted', 'online storage migration not possible if non-replicated snapshot exists', 'task-snapshot'],
  ['migration aborted', 'non-migratable snapshot exists', 'task-snapshot'],
  ['migration aborted', "base volume 'local-lvm:base-9-disk-0' is referenced by linked clone(s)", 'task-linked-clone'],
  ['migration aborted', "storage migration for 'a:1' to storage 'b' failed - not enough space", 'task-no-space'],
  ['migration aborted', "Can't connect to destination address using public key", 'task-target-unreachable'],
  ['lxc live migration is currently not implemented', undefined, 'task-container-live'],
  ['migration problems', 'online migrate failure - aborting', 'task-copy-failed'],
  ['unexpected status', undefined, 'task-killed'],
  ['migration problems', undefined, 'task-problems'],
  ['migration aborted', 'the moon is in the wrong phase', 'task-failed'],
];

describe('the table of tasks that end badly', () => {
  it.each(ENDS)('%s (%s)', (exit, error, code) => {
    expect(taskEnd(exit, error).code).toBe(code);
  });

  it('has each of its rows shown above, with what to do', () => {
    const shown = new Set(ENDS.map(([exit, error]) => taskEnd(exit, error)));
    expect(TASK_ENDS.filter((end) => !shown.has(end)).map(({ code }) => code)).toEqual([]);
    for (const { hint } of TASK_ENDS) expect(hint).toMatch(/^[A-Z].*\.$|\?.*\.$/s);
  });
});

describe('the table of failures', () => {
  it.each(ROWS)('%s', (_what, failure, code, kind, message) => {
    const error = classify(failure);
    expect({ code: error.code, kind: error.kind, message: error.message }).toEqual({ code, kind, message });
    expect(error.hint).toMatch(/^[A-Z].*\.$/s);
  });

  it('has each of its rows shown above', () => {
    const shown = new Set(ROWS.map(([, failure]) => matchFailure(failure).row));
    expect(FAILURES.filter((row) => !shown.has(row)).map(({ code, phrase }) => `${code} ${phrase ?? ''}`)).toEqual([]);
  });

  it('calls one thing by one kind', () => {
    const kinds = new Map(FAILURES.map(({ code, kind }) => [code, kind]));
    expect(FAILURES.filter(({ code, kind }) => kinds.get(code) !== kind)).toEqual([]);
  });

  it('is docs/proxmox-errors.md, which `--update` writes anew', async () => {
    await expect(errorsPage(ROWS, ENDS)).toMatchFileSnapshot('../../../docs/proxmox-errors.md');
  });

  it('names the privilege in the hint', () => {
    const error = classify(
      failed({ status: 403, text: 'Permission check failed (/nodes/pve1, Sys.Audit|Sys.Modify)' }),
    );
    expect(error.hint).toBe(
      'Grant a role with Sys.Audit or Sys.Modify on /nodes/pve1 to the user and, when its privileges are separated, to the token (`pveum acl modify`).',
    );
  });

  it('tells a refused login from a refused ticket', () => {
    const ticket = classify(
      failed({ status: 401, text: 'No ticket', call: { ...GET_RESOURCES, identity: 'user root@pam' } }),
    );
    expect(ticket.hint).toMatch(/^The login was renewed once and refused again/);
    const token = classify(failed({ status: 401, text: 'invalid token value!' }));
    expect(token.hint).toMatch(/^Check id and secret of the token/);
  });
});
