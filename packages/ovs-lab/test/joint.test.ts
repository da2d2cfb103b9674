import { expect, it } from 'vitest';
import { isRouted } from '../src/joint.ts';

it.each([
  { case: 'none', routes: '', routed: false },
  { case: 'the default route alone', routes: 'default via 10.0.0.1 dev eth0 proto static\n', routed: false },
  {
    case: 'another fabric',
    routes: '198.18.1.0/24 dev blab1u proto kernel scope link src 198.18.1.254 \n',
    routed: true,
  },
  {
    case: 'a laboratory of network devices',
    routes: 'default via 10.0.0.1 dev eth0\n198.18.0.0/15 via 10.0.0.7 dev eth0\n',
    routed: true,
  },
])('a network is taken by routes: $case', ({ routes, routed }) => {
  expect(isRouted(routes)).toBe(routed);
});
