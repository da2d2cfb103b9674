/** Rights on a path that let someone in: all of them, or any. */
export interface Alternative {
  readonly kind: 'world' | 'anyone' | 'root' | 'self' | 'rights';
  /** Such as `/vms/{vmid}`. */
  readonly path: string;
  readonly privileges: readonly string[];
  readonly any: boolean;
}

/**
 * Reads who may ask: `world` (also who is not signed in), `anyone` who is, `root` (root\@pam alone), `self` (the user of
 * the path), or a path and rights on it, between `|` when one of them does and between `,` when all are needed; and
 * several of these between ` or `.
 */
export function readPermission(text: string): readonly Alternative[] {
  return text.split(' or ').map((part) => {
    const [path = '', rights = ''] = part.split(' ');
    const any = rights.includes('|');
    if (path === 'world' || path === 'anyone' || path === 'root' || path === 'self') {
      return { kind: path, path: '', privileges: [], any };
    }
    return { kind: 'rights', path, privileges: rights.split(any ? '|' : ','), any };
  });
}
