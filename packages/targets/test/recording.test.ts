import { recordingTarget } from '@ballast/targets';
import { aService, someWeights, T0, VirtualClock } from '@ballast/testkit';
import { weightTargetConformance } from '@ballast/testkit/conformance';
import { describe, expect, test } from 'vitest';

weightTargetConformance('recordingTarget', async () => {
  const target = recordingTarget({ name: 'memory' });
  return { target, stop: () => target.close() };
});

describe('recordingTarget', () => {
  test('logs what it was told and what it said, with the time', async () => {
    const clock = new VirtualClock();
    const target = recordingTarget({ name: 'dry-run', clock });
    const assignments = [{ service: aService('shop'), options: {}, weights: someWeights('shop', { 7: 0.25 }) }];

    await clock.advance(1_000);
    const report = await target.apply(assignments);

    expect(target.log).toEqual([{ at: T0 + 1_000, assignments, report }]);
    expect(report).toEqual({
      target: 'dry-run',
      kind: 'recording',
      changed: [{ service: 'shop', guest: 7, handle: 'shop/7', before: 0, after: 64, state: 'ready' }],
      unchanged: 0,
      problems: [],
      duration: 0,
    });
  });

  test('reads nothing of a member that it was not told of', async () => {
    const target = recordingTarget({ name: 'dry-run' });
    const assignments = [{ service: aService('shop'), options: {}, weights: someWeights('shop', { 7: 1 }) }];
    expect(await target.read(assignments)).toEqual([]);
  });
});
