import { BoundedLabel } from './bounded.ts';

/** More distinct path templates than the Proxmox VE API paths Ballast calls; anything past it is counted as `other`. */
const MOST_PATHS = 64;

/** Collections of the Proxmox VE API whose next segment names one thing. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  nodes: '{node}',
  qemu: '{vmid}',
  lxc: '{vmid}',
  tasks: '{upid}',
  pools: '{pool}',
  storage: '{storage}',
  resources: '{sid}',
  groups: '{group}',
  rules: '{rule}',
};

/**
 * The template of a path of the Proxmox VE API, so that a label's values do not grow with nodes, guests and tasks:
 * `/api2/json/nodes/pve1/qemu/104/migrate?target=pve2` -> `/nodes/{node}/qemu/{vmid}/migrate`.
 */
function pathTemplate(path: string): string {
  const plain = (path.split('?', 1)[0] ?? '').replace(/^https?:\/\/[^/]+/, '').replace(/^\/?api2\/[a-z]+/, '');
  const segments = plain.split('/').filter((segment) => segment !== '');
  return `/${segments.map((segment, i) => templateOf(segment, segments[i - 1])).join('/')}`;
}

function templateOf(segment: string, previous: string | undefined): string {
  if (/^\{.+\}$/.test(segment)) return segment;
  if (/^\d+$/.test(segment)) return '{vmid}';
  if (/^UPID(:|%3A)/i.test(segment)) return '{upid}';
  return (previous === undefined ? undefined : COLLECTIONS[previous]) ?? segment;
}

/** Path templates, of which no more than {@link MOST_PATHS} are told apart. */
export class PathLabels {
  readonly #known = new BoundedLabel(MOST_PATHS);

  of(path: string): string {
    return this.#known.of(pathTemplate(path));
  }
}
