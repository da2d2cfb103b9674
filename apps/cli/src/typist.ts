import os from 'node:os';

/** Who types, for those who look later: `root@mgmt1`. */
export function typist(): string {
  return `${os.userInfo().username}@${os.hostname()}`;
}
