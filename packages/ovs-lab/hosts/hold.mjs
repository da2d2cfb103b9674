// Keeps connections open and asks over each of them every 20 ms, until its input ends; then tells what became of them.
// Arguments: address, port, number of connections, source port of a single one. Prints `open` once all of them were greeted.
import { connect } from 'node:net';

const [, , address, port, count, localPort] = process.argv;
const lines = Array.from({ length: Number(count) }, () => ({
  socket: undefined,
  members: [],
  replies: 0,
  stall: 0,
  asked: 0,
  broken: undefined,
}));
let opened = 0;

for (const line of lines) {
  const from = localPort === undefined ? {} : { localPort: Number(localPort) };
  line.socket = connect({ host: address, port: Number(port), noDelay: true, ...from });
  line.asked = performance.now();
  line.socket.on('error', (error) => {
    line.broken ??= error.message;
  });
  line.socket.on('close', () => {
    line.broken ??= 'closed';
  });
  line.socket.on('data', (data) => {
    const name = String(data).trim().split('\n')[0];
    if (line.members.length === 0 && ++opened === lines.length) process.stdout.write('open\n');
    if (line.members.at(-1) !== name) line.members.push(name);
    line.replies++;
    line.stall = Math.max(line.stall, performance.now() - line.asked);
    line.asked = 0;
  });
}
const asking = setInterval(() => {
  for (const line of lines) {
    if (line.broken !== undefined || line.asked !== 0 || line.members.length === 0) continue;
    line.asked = performance.now();
    line.socket.write('?');
  }
}, 20);

process.stdin.on('data', () => {
  const by = {};
  for (const { members } of lines) by[members[0]] = (by[members[0]] ?? 0) + 1;
  process.stdout.write(`${JSON.stringify({ by, replies: lines.reduce((sum, line) => sum + line.replies, 0) })}\n`);
});
process.stdin.on('end', () => {
  clearInterval(asking);
  // What is asked and not answered for a second hangs.
  setTimeout(() => {
    const hung = lines.filter((line) => line.broken === undefined && line.asked !== 0);
    process.stdout.write(
      `${JSON.stringify({
        connections: lines.length,
        replies: lines.reduce((sum, line) => sum + line.replies, 0),
        broken: lines.filter((line) => line.broken !== undefined).map((line) => line.broken),
        hung: hung.length,
        moved: lines.filter((line) => line.members.length > 1).length,
        stall: Math.round(Math.max(...lines.map((line) => line.stall))),
      })}\n`,
      () => process.exit(0),
    );
  }, 1000);
});
