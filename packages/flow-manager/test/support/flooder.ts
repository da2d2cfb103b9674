// A process that writes the same bytes into a socket that it is given, as fast as they are taken, and reads all.
import type { Socket } from 'node:net';

process.on('message', (hex: string, socket: Socket) => {
  const chunk = Buffer.from(hex, 'hex');
  const more = (): void => {
    while (socket.write(chunk));
  };
  socket.on('error', () => process.exit(0));
  socket.on('close', () => process.exit(0));
  socket.on('drain', more);
  socket.resume();
  more();
});
process.on('disconnect', () => process.exit(0));
