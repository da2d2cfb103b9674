import { type Alternative, readPermission } from './permission.ts';
import { type Fields, readFields, readShape, type Shape, type Spec } from './shape.ts';

/** One method of the API as a table describes it. */
export interface Endpoint {
  /** Who may ask, in the notation of {@link readPermission}. */
  readonly permission: string;
  /** The node of the path answers, through the one that was asked. */
  readonly proxied?: true;
  /** Beside `node` and `vmid` of the path. */
  readonly params?: Readonly<Record<string, Shape>>;
  readonly returns: Shape;
  /** The major version of Proxmox VE that brought it, where that is newer than 8; or that took it away. */
  readonly since?: 9;
}

export type EndpointTable = Readonly<Record<string, Endpoint>>;

/** A description that was read. */
export interface Description {
  /** Such as `GET /nodes/{node}/status`. */
  readonly name: string;
  readonly permission: readonly Alternative[];
  readonly proxied: boolean;
  readonly params: Fields;
  readonly returns: Spec;
  readonly since: number;
}

const IN_PATHS: Readonly<Record<string, Shape>> = {
  node: 'string pve-node',
  vmid: 'integer 100..999999999 pve-vmid',
};

/** Reads a table. @throws {BallastError} `simulator-schema` for what is no notation */
export function readTable(table: EndpointTable): readonly Description[] {
  return Object.entries(table).map(([name, endpoint]) => ({
    name,
    permission: readPermission(endpoint.permission),
    proxied: endpoint.proxied ?? false,
    params: readFields({ ...inPath(name), ...endpoint.params }),
    returns: readShape(endpoint.returns),
    since: endpoint.since ?? 8,
  }));
}

function inPath(name: string): Readonly<Record<string, Shape>> {
  return Object.fromEntries(Object.entries(IN_PATHS).filter(([key]) => name.includes(`{${key}}`)));
}
