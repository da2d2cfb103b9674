// The flow manager of the demo, in a process of its own: what it does must not wait for the demo's other work.
// Argument: its ManagerTask as JSON. Prints a ManagerReport as a line; ends with its input.
import { putPlace, putService, Registry, restServer, startBalancer } from '@ballast/flow-manager';
import { systemClock } from '@ballast/operator';
import { type ManagerReport, type ManagerTask, taskOf } from './manager-task.ts';

await run(taskOf(process.argv[2] ?? ''));

async function run({ listen, token, services, links }: ManagerTask): Promise<void> {
  const registry = new Registry();
  registry.change((state) => putPlace(state, { type: 'linked', links }));
  for (const service of services) registry.change((state) => putService(state, service));
  const balancer = await startBalancer({ listen, registry, clock: systemClock });
  const rest = restServer({ registry, switches: () => balancer.switches(), token });
  const url = await rest.listen({ host: '127.0.0.1', port: 0 });
  const { host, port } = balancer.address;
  const report: ManagerReport = { url, controller: `tcp:${host}:${port}` };
  // Whoever started it may be gone already.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.stdin.resume().once('end', () => {
    void Promise.allSettled([rest.close(), balancer.stop()]).then(() => process.exit(0));
  });
}
