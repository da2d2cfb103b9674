// Starts a fabric with a host and a program on it, prints this machine's address in it, and does nothing more.
import { Fabric, PROGRAMS } from '../../src/index.ts';

const fabric = new Fabric({ joined: true });
await fabric.start();
const host = await fabric.host('a', 11);
await fabric.program(host, PROGRAMS.member, 'a', '8080').line();
process.stdout.write(`${fabric.ownAddress}\n`);
