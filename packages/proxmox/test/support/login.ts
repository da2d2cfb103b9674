import { T0 } from '@ballast/testkit';
import { PASSWORD } from './connected.ts';
import type { Reply, TestPve } from './pve.ts';

export const HANG_UP: Reply = { write: (response) => void response.destroy() };
export const REFUSED: Reply = { status: 401, reason: 'Authentication failed!' };
export const TASK = {
  id: 'UPID:pve1:00001234:00005678:69000000:qmigrate:100:root@pam:',
  node: 'pve1',
  guest: 100,
  startedAt: T0,
};
export const ABORT = `DELETE /nodes/pve1/tasks/${TASK.id}`;
export const ticket = { kind: 'ticket', username: 'root@pam', password: PASSWORD } as const;

/** A server that gives out tickets T1, T2... and takes the newest alone. */
export function withTickets(pve: TestPve): { readonly issued: () => number; readonly expire: () => void } {
  let issued = 0;
  let valid = '';
  pve.on('POST /access/ticket', ({ form }) => {
    if (form['password'] !== PASSWORD) return { status: 401, reason: 'authentication failure' };
    valid = `PVE:root@pam:T${++issued}::sig+/=`;
    return { data: { ticket: valid, CSRFPreventionToken: `csrf-${issued}`, username: 'root@pam' } };
  });
  const guard = (reply: Reply) => (seen: { readonly headers: Readonly<Record<string, unknown>> }) =>
    seen.headers['cookie'] === `PVEAuthCookie=${encodeURIComponent(valid)}` ? reply : REFUSED;
  pve.on('GET /version', guard({ data: { version: '9.2.11' } }));
  pve.on(ABORT, guard({ data: null }));
  return {
    issued: () => issued,
    expire: () => {
      valid = 'expired';
    },
  };
}
