// A member: greets each TCP connection with its name and says it again for every byte; answers UDP with its name.
// Arguments: name, port.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [, , name = 'member', port = '8080'] = process.argv;

const tcp = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.write(`${name}\n`);
  socket.on('data', (data) => socket.write(`${name}\n`.repeat(data.length)));
});
const udp = createSocket({ type: 'udp6' }, undefined);
udp.on('message', (data, from) => {
  if (data[0] !== 0x2e) udp.send(`${name}\n`, from.port, from.address);
  else heard++;
});
let heard = 0;
// A datagram that begins with a dot is taken in silence; any line from the test asks how many there were.
process.stdin.on('data', () => process.stdout.write(`heard ${heard}\n`));
process.stdin.on('end', () => process.exit(0));
await new Promise((done) => tcp.listen(Number(port), '::', 1024, () => done(undefined)));
await new Promise((done) => udp.bind(Number(port), '::', () => done(undefined)));
process.stdout.write('ready\n');
