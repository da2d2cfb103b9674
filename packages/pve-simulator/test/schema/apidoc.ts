/** A property of the interface's own schema. */
export interface DocProperty {
  readonly type?: string;
  readonly optional?: 0 | 1;
  readonly enum?: readonly (string | number)[];
  readonly format?: string | object;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, DocProperty>>;
  readonly items?: DocProperty;
}

export interface DocMethod {
  readonly name: string;
  readonly parameters: DocProperty;
  readonly returns: DocProperty;
  readonly permissions?: { readonly user?: string; readonly check?: readonly unknown[] };
  readonly proxyto?: string;
}

interface Branch {
  readonly path: string;
  readonly children?: readonly Branch[];
  readonly info?: Readonly<Record<string, Omit<DocMethod, 'name'>>>;
}

/**
 * Reads the schema that Proxmox VE publishes: the tree in `/usr/share/pve-docs/api-viewer/apidoc.js` of every node (a
 * constant, then code), the same tree as JSON, or a flat list of methods under `endpoints`.
 */
export function readApidoc(text: string): ReadonlyMap<string, DocMethod> {
  const json = /const apiSchema = (\[[\s\S]*?\n\])/.exec(text)?.[1] ?? text;
  const value = JSON.parse(json) as readonly Branch[] | { readonly endpoints: readonly (DocMethod & Place)[] };
  const methods = 'endpoints' in value ? value.endpoints.map(flat) : value.flatMap(methodsOf);
  return new Map(methods.map((method) => [method.name, method]));
}

interface Place {
  readonly method: string;
  readonly path: string;
}

function flat(method: DocMethod & Place): DocMethod {
  return { ...method, name: `${method.method} ${method.path}` };
}

function methodsOf({ path, info = {}, children = [] }: Branch): readonly DocMethod[] {
  const own = Object.entries(info).map(([method, entry]) => ({ ...entry, name: `${method} ${path}` }));
  return [...own, ...children.flatMap(methodsOf)];
}
