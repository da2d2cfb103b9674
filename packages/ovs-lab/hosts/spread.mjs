// Opens connections from fixed source ports, and tells which member greeted each.
// Arguments: tcp or udp, address, port, first source port, number of connections, source address (may be empty).
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const [, , protocol, address, port, first, count, source] = process.argv;
const members = {};
const failures = [];
let next = 0;

async function worker() {
  while (next < Number(count)) {
    const localPort = Number(first) + next++;
    try {
      members[localPort] = await (protocol === 'udp' ? ask(localPort) : open(localPort));
    } catch (error) {
      failures.push(`${localPort}: ${error.message}`);
    }
  }
}

function open(localPort) {
  return new Promise((resolve, reject) => {
    const from = source === undefined || source === '' ? {} : { localAddress: source };
    const socket = connect({ host: address, port: Number(port), localPort, ...from });
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
    socket.on('error', reject);
    socket.once('data', (data) => {
      // A reset leaves no TIME_WAIT behind, so that the port can be used again.
      socket.resetAndDestroy();
      resolve(String(data).trim());
    });
  });
}

function ask(localPort) {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const timer = setTimeout(() => {
      socket.close();
      reject(new Error('no answer within 5 s'));
    }, 5000);
    socket.on('error', reject);
    socket.once('message', (data) => {
      clearTimeout(timer);
      socket.close();
      resolve(String(data).trim());
    });
    socket.bind(localPort, source === '' ? undefined : source, () => socket.send('?', Number(port), address));
  });
}

await Promise.all(Array.from({ length: 32 }, worker));
process.stdout.write(`${JSON.stringify({ members, failures })}\n`);
