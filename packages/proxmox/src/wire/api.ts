import type { Proxmox } from 'proxmox-api';

/** The paths and parameters of `T`, its answers not yet read: what Proxmox VE sends is looser than any type says. */
type Unread<T> = T extends (...args: infer A) => Promise<unknown>
  ? (...args: A) => Promise<unknown>
  : T extends (...args: infer A) => infer R
    ? (...args: A) => Unread<R>
    : { readonly [K in keyof T]: Unread<T[K]> };

/** The API as proxmox-api types it (Proxmox VE 8.2). */
export type Api = Unread<Proxmox.Api>;

interface Readable {
  $get(params?: Readonly<Record<string, unknown>>): Promise<unknown>;
}
interface Writable {
  $post(params: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Proxmox VE 9: rules of the HA manager, in place of groups. */
export function haRules(api: Api): Promise<unknown> {
  return (api.cluster.ha as unknown as { readonly rules: Readable }).rules.$get();
}

/** Proxmox VE 9: preconditions of a container's migration. */
export function lxcPreconditions(api: Api, node: string, guest: number): Promise<unknown> {
  return (api.nodes.$(node).lxc.$(guest).migrate as unknown as Readable).$get();
}

/** Asks for a migration, with parameters that are newer than proxmox-api too. Answers the UPID. */
export function postMigration(
  api: Api,
  guest: { readonly kind: 'qemu' | 'lxc'; readonly node: string; readonly id: number },
  form: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { kind, node, id } = guest;
  const path: unknown = kind === 'qemu' ? api.nodes.$(node).qemu.$(id).migrate : api.nodes.$(node).lxc.$(id).migrate;
  return (path as Writable).$post(form);
}
