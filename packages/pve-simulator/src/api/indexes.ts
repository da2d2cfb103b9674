import { guestOfPath } from './guests.ts';
import { nodeOfPath } from './nodes.ts';
import type { Call, Handler, Handlers } from './route.ts';

/** Rows that name what lies below a path, under the key that it has there. */
function names(key: string, list: readonly string[], check?: (call: Call) => unknown): Handler {
  const data = list.map((name) => ({ [key]: name }));
  return (call) => {
    check?.(call);
    return { data };
  };
}

const CLUSTER =
  'acme backup backup-info bulk-action ceph config firewall ha jobs log mapping metrics nextid notifications options ' +
  'qemu replication resources sdn status tasks';
const NODE =
  'aplinfo apt capabilities ceph certificates config disks dns execute firewall hardware hosts journal lxc migrateall ' +
  'netstat network qemu query-oci-repo-tags query-url-metadata replication report rrd rrddata scan sdn services ' +
  'spiceshell startall status stopall storage subscription suspendall syslog tasks termproxy time version vncshell ' +
  'vncwebsocket vzdump wakeonlan';
const MACHINE =
  'agent clone cloudinit config dbus-vmstate feature firewall migrate monitor move_disk mtunnel mtunnelwebsocket ' +
  'pending remote_migrate resize rrd rrddata sendkey snapshot spiceproxy status template termproxy unlink vncproxy ' +
  'vncwebsocket';
const CONTAINER =
  'clone config feature firewall interfaces migrate move_volume mtunnel mtunnelwebsocket pending remote_migrate resize ' +
  'rrd rrddata snapshot spiceproxy status template termproxy vncproxy vncwebsocket';
const AGENT =
  'exec exec-status file-read file-write fsfreeze-freeze fsfreeze-status fsfreeze-thaw fstrim get-fsinfo get-host-name ' +
  'get-memory-block-info get-memory-blocks get-osinfo get-time get-timezone get-users get-vcpus info ' +
  'network-get-interfaces ping set-user-password shutdown suspend-disk suspend-hybrid suspend-ram';

const machine = (call: Call): unknown => guestOfPath(call, 'qemu');
const container = (call: Call): unknown => guestOfPath(call, 'lxc');

/** What lies below a path, by name. */
export const indexHandlers: Handlers = {
  'GET /cluster': names('name', CLUSTER.split(' ')),
  'GET /cluster/ha': names('id', ['status', 'resources', 'groups', 'rules']),
  'GET /cluster/ha/status': names('name', ['current', 'manager_status', 'disarm-ha', 'arm-ha']),
  'GET /cluster/mapping': names('name', ['dir', 'pci', 'usb']),
  'GET /nodes/{node}': names('name', NODE.split(' '), nodeOfPath),
  'GET /nodes/{node}/qemu/{vmid}': names('subdir', MACHINE.split(' '), machine),
  'GET /nodes/{node}/lxc/{vmid}': names('subdir', CONTAINER.split(' '), container),
  'GET /nodes/{node}/qemu/{vmid}/status': names(
    'subdir',
    ['current', 'start', 'stop', 'reset', 'shutdown', 'suspend', 'reboot'],
    machine,
  ),
  'GET /nodes/{node}/lxc/{vmid}/status': names('subdir', ['current', 'start', 'stop', 'shutdown', 'reboot'], container),
  'GET /nodes/{node}/qemu/{vmid}/agent': names('name', AGENT.split(' '), machine),
  'GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}': names('cmd', ['rollback', 'config']),
  'GET /nodes/{node}/lxc/{vmid}/snapshot/{snapname}': names('cmd', ['rollback', 'config']),
  'GET /nodes/{node}/tasks/{upid}': names('name', ['log', 'status']),
  'GET /nodes/{node}/replication/{id}': names('name', ['schedule_now', 'log', 'status']),
  'GET /nodes/{node}/storage/{storage}': names('subdir', [
    'content',
    'download-url',
    'file-restore',
    'import-metadata',
    'prunebackups',
    'rrd',
    'rrddata',
    'status',
    'upload',
  ]),
};
