import type { GuestId } from '@ballast/core';
import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const LETTERS = 'letters, digits, dot, dash and underscore';
const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$';
/** Proxmox VE's rule for tags (pve-common, PVE::JSONSchema pve-tag). */
const TAG = '^[A-Za-z0-9_][A-Za-z0-9_+.-]*$';
/** Proxmox VE names at least 100 and at most 999999999. */
const LEAST_ID = 100;
const MOST_ID = 999_999_999;

function matching(pattern: string, expected: string): z.ZodType<string> {
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> =>
      typeof value === 'string' && expression.test(value)
        ? { value }
        : { expected, ...(typeof value === 'number' ? { hint: `Quote it: "${value}".` } : {}) },
    { type: 'string', pattern },
  );
}

/** What Ballast's own things are called. */
export function name(): z.ZodType<string> {
  return matching(NAME, `a name (${LETTERS}; at most 63)`);
}

export function nodeName(): z.ZodType<string> {
  return matching(NAME, `the name of a node (${LETTERS})`);
}

/** What a label of nodes is called, and what a rule names as its topology. */
export function labelName(): z.ZodType<string> {
  return matching('^[a-z][a-z0-9_-]{0,31}$', 'the name of a label (lower-case letters, digits, dash and underscore)');
}

/** What a label holds. Racks have numbers: these are read as text. */
export function labelValue(): z.ZodType<string> {
  const pattern = '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$';
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> => {
      const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
      return typeof text === 'string' && expression.test(text)
        ? { value: text }
        : { expected: `the value of a label (${LETTERS})` };
    },
    { type: ['string', 'number'], pattern },
  );
}

export function tag(): z.ZodType<string> {
  return matching(TAG, 'a tag as Proxmox VE has them (letters, digits, _ + . -)');
}

export function poolName(): z.ZodType<string> {
  return matching('^[A-Za-z0-9._/-]+$', 'the name of a resource pool');
}

function isVmid(value: unknown): value is GuestId {
  return typeof value === 'number' && Number.isInteger(value) && value >= LEAST_ID && value <= MOST_ID;
}

export function vmid(ofText = 'Members are chosen by vmid, by tag or by pool.'): z.ZodType<GuestId> {
  return scalar(
    (value) =>
      isVmid(value)
        ? { value }
        : {
            expected: `a vmid from ${LEAST_ID} to ${MOST_ID}`,
            ...(typeof value === 'string' ? { hint: ofText } : {}),
          },
    { type: 'integer', minimum: LEAST_ID, maximum: MOST_ID },
  );
}

/** A guest by its vmid or its name. */
export function guestReference(): z.ZodType<GuestId | string> {
  const expression = new RegExp(NAME);
  return scalar(
    (value): Reading<GuestId | string> =>
      isVmid(value) || (typeof value === 'string' && expression.test(value))
        ? { value }
        : { expected: 'a vmid, or the name of a guest' },
    { type: ['integer', 'string'] },
  );
}
