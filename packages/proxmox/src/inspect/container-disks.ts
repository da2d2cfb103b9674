import { type Bytes, GIB, KIB, MIB } from '@ballast/core';
import { flag, properties, type Row, text } from '../wire/fields.ts';
import { type LocalDisk, localDisk } from './disk-room.ts';

export interface ContainerDisks {
  /** On storage that is not shared: they are copied when the container moves. */
  readonly local: readonly LocalDisk[];
  /** Mount points and devices of the host: the container cannot leave it. */
  readonly bound: readonly string[];
}

const UNITS: Readonly<Record<string, Bytes>> = { '': 1, K: KIB, M: MIB, G: GIB, T: 1024 * GIB };

/** Reads `rootfs`, `mp0`... and `dev0`... of a container's configuration. */
export function readContainerDisks(config: Row, isShared: (storage: string) => boolean): ContainerDisks {
  const local: LocalDisk[] = [];
  const bound: string[] = [];
  for (const key of Object.keys(config)) {
    if (/^dev\d+$/.test(key)) bound.push(key);
    if (!/^(?:rootfs|mp\d+)$/.test(key)) continue;
    const mount = properties(text(config, key));
    const volume = mount[''] ?? mount['volume'] ?? '';
    if (flag(mount, 'shared')) continue;
    const disk = localDisk(volume, parseSize(mount['size']));
    // A path is a directory or a device of the host; everything else is STORAGE:VOLUME.
    if (volume.startsWith('/')) bound.push(key);
    else if (!isShared(disk.storage)) local.push(disk);
  }
  return { local, bound };
}

/** `8G`, `512M`; bytes without a unit. */
export function parseSize(size: string | undefined): Bytes {
  const found = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '');
  return found === null ? 0 : Number(found[1]) * (UNITS[found[2] ?? ''] ?? 1);
}
