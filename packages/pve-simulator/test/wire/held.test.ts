import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { Held } from '../../src/server/held.ts';

const aRequest = (socket: EventEmitter): IncomingMessage => ({ socket }) as unknown as IncomingMessage;

it('keeps nothing of a request that was answered: its connection may carry many more', async () => {
  const held = new Held({ sleep: () => Promise.resolve() });
  const socket = new EventEmitter();
  for (let n = 0; n < 20; n++) await held.wait(aRequest(socket), 5);
  expect([held.count, socket.listenerCount('close')]).toEqual([0, 0]);
});

it.each<{ case: string; take: (held: Held, request: IncomingMessage) => unknown }>([
  { case: 'waits', take: (held, request) => held.wait(request, 5) },
  { case: 'is never answered', take: (held, request) => held.forever(request) },
])('lets go of one that $case when whoever asked hangs up', ({ take }) => {
  const held = new Held({ sleep: () => new Promise(() => undefined) });
  const socket = new EventEmitter();
  take(held, aRequest(socket));
  expect(held.count).toBe(1);
  socket.emit('close');
  expect([held.count, socket.listenerCount('close')]).toEqual([0, 0]);
});
