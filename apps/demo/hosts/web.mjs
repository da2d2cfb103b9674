// The web server of a simulated guest. Arguments: name, port. Prints `ready`, then `served N` when that has grown.
// Told `busy MS`, it takes that long for a request on average, as a queue of one server does; /alive is not delayed.
import { createServer } from 'node:http';

const [, , name, port] = process.argv;
let mean = 0;
let served = 0;
let said = 0;

const server = createServer((request, response) => {
  response.setHeader('x-guest', name);
  if (request.url === '/alive') response.end('ok\n');
  else setTimeout(() => answer(response), mean * -Math.log(1 - Math.min(0.999, Math.random())));
});
server.keepAliveTimeout = 60_000;

function answer(response) {
  served += 1;
  response.end('ok\n');
}

process.stdin.on('data', (data) => {
  const told = /busy ([\d.]+)\n$/.exec(String(data));
  if (told !== null) mean = Number(told[1]);
});
process.stdin.on('end', () => process.exit(0));
setInterval(() => {
  if (served === said) return;
  said = served;
  process.stdout.write(`served ${served}\n`);
}, 250);
await new Promise((done) => server.listen(Number(port), done));
process.stdout.write('ready\n');
