import { weightTargetConformance } from '@ballast/testkit/conformance';
import { aTarget, startFlowManager } from './support.ts';

for (const [way, token, fencing] of [
  ['without a token', undefined, undefined],
  ['with a bearer and a fencing token', 'sesame', () => 7n],
] as const) {
  weightTargetConformance(`flowManagerTarget ${way} on the real REST API`, async () => {
    const manager = await startFlowManager(token === undefined ? {} : { token });
    const target = aTarget(manager.url, token === undefined ? {} : { token, fencing });
    return {
      target,
      forget: manager.restart,
      stop: async () => {
        await target.close();
        await manager.stop();
      },
    };
  });
}
