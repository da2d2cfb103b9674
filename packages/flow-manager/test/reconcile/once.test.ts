import { type Body, encode, type Version } from '@ballast/openflow';
import { describe, expect, test } from 'vitest';
import { type Change, compileServices, diff, type Present } from '../../src/index.ts';
import { encodedOnce } from '../../src/reconcile/once.ts';
import { somePlacements } from '../services/builders.ts';
import { cases } from '../services/cases.ts';
import { virtualIp } from '../support/desired.ts';

const NOTHING: Present = { flows: [], groups: [] };

/** As a bundle has a message: its xid is that of what is around it. */
function inBundle(message: Body): Body {
  return { type: 'bundle_add', bundleId: 0xb0b, flags: 3, message, properties: [] };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function allOf(version: Version): readonly Change[] {
  const services = compileServices({ services: cases['several-services'] ?? [], placements: somePlacements, dpid: 1n });
  const states = version === 6 ? [virtualIp(), services] : [virtualIp()];
  return states.flatMap((state) => {
    const added = diff(state, NOTHING, version);
    const present = { flows: [], groups: state.groups.map((group) => ({ ...group, buckets: group.buckets.slice(1) })) };
    const removed = diff({ flows: [], groups: [] }, present, version);
    return [...added, ...diff(state, present, version), ...removed];
  });
}

describe.each([4, 5, 6] as const)('in version %i', (version) => {
  test('what is encoded once has the bytes of what is encoded each time, in a bundle and without', () => {
    const changes = allOf(version);
    expect(new Set(changes.map(({ kind, verb }) => `${kind} ${verb}`)).size).toBe(4);
    for (const { body } of changes) {
      for (const xid of [1, 0xffff_ffff]) {
        const once = encodedOnce(body, version);
        expect(hex(encode(once, version, xid))).toBe(hex(encode(body, version, xid)));
        expect(hex(encode(inBundle(once), version, xid))).toBe(hex(encode(inBundle(body), version, xid)));
      }
    }
  });
});

test('the same state is compared without being made anew, and a row is one change for all switches', () => {
  const state = virtualIp();
  const [first, second] = [diff(state, NOTHING, 6), diff(state, NOTHING, 6)];
  expect(first.length).toBeGreaterThan(10);
  for (const [index, change] of first.entries()) {
    expect(second[index]).toBe(change);
    expect(encodedOnce(change.body, 6)).toBe(encodedOnce(change.body, 6));
  }
  const echo = { type: 'echo_request', data: new Uint8Array(0) } as const;
  expect(encodedOnce(echo, 5)).not.toBe(encodedOnce(echo, 6));
});
