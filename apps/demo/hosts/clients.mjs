// Clients of services behind virtual IPs. Arguments: one JSON object
//   { services: [{ name, address }], rate, held }
// Sends `rate` requests a second, over all services by turns, each on a connection of its own; and keeps `held`
// connections open, over each of which it asks every 100 ms. Prints a line of JSON every 200 ms:
//   { samples: [[instant, service, latency, guest or null, why there was none], ...], open }
// Told `rate N MS`, it sends N a second from then on, and waits MS for each connection. Told `held`, it prints
//   { held: [{ guest, broken, stall }, ...] }
// and told `stop`, it sends no more, and ends when all that is out was answered.
import { get } from 'node:http';
import { connect } from 'node:net';

const { services, rate: firstRate, held: count } = JSON.parse(process.argv[2]);
const ASK = 100;
const now = () => performance.timeOrigin + performance.now();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

let rate = firstRate;
let patience = 10_000;
const ANSWER = 10_000;
// Each port in its turn, so that none is used again while somebody remembers its last connection. Those that are kept
// open have others.
const [FIRST_PORT, PORTS] = [2_000, 48_000];
let due = 0;
let sent = 0;
let out = 0;
let last = performance.now();
let samples = [];

function send() {
  const localPort = FIRST_PORT + (sent % PORTS);
  const service = services[sent++ % services.length];
  const at = now();
  let over = false;
  out += 1;
  const end = (guest, why) => {
    if (over) return;
    over = true;
    out -= 1;
    samples.push([at, service.name, now() - at, guest, why]);
  };
  const call = get({ host: service.address, port: 80, localPort, agent: false }, (response) => {
    response.resume();
    response.once('end', () => end(response.headers['x-guest'] ?? null, `status ${response.statusCode}`));
  });
  let timer = setTimeout(() => call.destroy(new Error('no connection')), patience);
  call.once('socket', (socket) =>
    socket.once('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => call.destroy(new Error('no answer')), ANSWER);
    }),
  );
  call.once('error', (error) => end(null, error.code ?? error.message));
  call.once('close', () => {
    clearTimeout(timer);
    end(null, 'closed');
  });
}

const sending = setInterval(() => {
  const elapsed = performance.now() - last;
  last += elapsed;
  due += (elapsed / 1000) * rate;
  for (; due >= 1; due--) send();
}, 5);

const lines = Array.from({ length: count }, (_, index) => hold(services[index % services.length], index));

function hold({ address }, index) {
  const line = { guest: null, broken: null, stall: 0, asked: now() };
  const socket = connect({ host: address, port: 80, noDelay: true });
  const ask = () => {
    line.asked = now();
    socket.write('GET /alive HTTP/1.1\r\nhost: held\r\n\r\n');
  };
  socket.once('connect', ask);
  socket.on('error', (error) => {
    line.broken ??= error.message;
  });
  socket.on('close', () => {
    line.broken ??= 'closed';
  });
  socket.on('data', (data) => {
    const guest = /x-guest: (\S+)/i.exec(String(data))?.[1];
    if (guest === undefined) return;
    if (line.guest !== null && line.guest !== guest) line.broken ??= `answered by ${guest} instead of ${line.guest}`;
    line.stall = Math.max(line.stall, now() - line.asked);
    line.guest = guest;
    line.asked = null;
  });
  // Not all at once, so that one of them asks whenever something happens.
  setTimeout(
    () => {
      setInterval(() => {
        if (line.asked === null && line.broken === null) ask();
      }, ASK);
    },
    (index * ASK) / count,
  );
  return line;
}

/** What is out counts as a stall so far, and for a second as a break. */
function heldNow() {
  return lines.map(({ guest, broken, stall, asked }) => {
    const waiting = asked === null || broken !== null ? 0 : now() - asked;
    return { guest, broken: waiting > 1000 ? 'no answer' : broken, stall: Math.max(stall, waiting) };
  });
}

function report() {
  say({ samples, open: lines.filter(({ guest, broken }) => guest !== null && broken === null).length });
  samples = [];
}
const reporting = setInterval(report, 200);

function stop() {
  clearInterval(sending);
  setInterval(() => {
    if (out > 0) return;
    clearInterval(reporting);
    report();
    process.stdout.write('', () => process.exit(0));
  }, 20);
}

process.stdin.on('data', (data) => {
  for (const line of String(data).trim().split('\n')) {
    const [word, ...rest] = line.split(' ');
    if (word === 'rate') [rate, patience] = rest.map(Number);
    else if (word === 'held') say({ held: heldNow() });
    else if (word === 'stop') stop();
  }
});
process.stdin.on('end', () => process.exit(0));
