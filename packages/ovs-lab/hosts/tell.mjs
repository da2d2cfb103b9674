// Sends datagrams that want no answer, one by one, from one source port.
// Arguments: address, port, source port, number of datagrams.
import { createSocket } from 'node:dgram';

const [, , address, port, localPort, count] = process.argv;
const socket = createSocket('udp4');
await new Promise((done) => socket.bind(Number(localPort), () => done(undefined)));
for (let i = 0; i < Number(count); i++) {
  await new Promise((done) => socket.send('.', Number(port), address, () => done(undefined)));
  await new Promise((done) => setTimeout(done, 5));
}
socket.close();
process.stdout.write('told\n');
