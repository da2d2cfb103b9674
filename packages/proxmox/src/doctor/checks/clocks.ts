import type { Finding, Milliseconds } from '@ballast/core';
import type { Evidence } from '../evidence.ts';

/** Clocks that differ by more are told of. */
const MUCH: Milliseconds = 5000;
/** Proxmox VE refuses tickets that come from further in the future. */
const TOO_MUCH: Milliseconds = 300_000;
/** Nodes tell whole seconds. */
const COARSE: Milliseconds = 500;

interface Skew {
  readonly name: string;
  /** How far the node is ahead of this machine. */
  readonly ahead: Milliseconds;
  readonly unsure: Milliseconds;
}

/** The clocks of the nodes against each other, and against this machine's. */
export function checkClocks({ nodes }: Evidence): readonly Finding[] {
  const skews = nodes.flatMap(({ name, time }): readonly Skew[] => {
    if (!time.ok) return [];
    const { time: told, askedAt, answeredAt } = time.value;
    return [{ name, ahead: told + COARSE - (askedAt + answeredAt) / 2, unsure: COARSE + (answeredAt - askedAt) / 2 }];
  });
  if (skews.length === 0) return [];
  const usual = middle(skews.map(({ ahead }) => ahead));
  const unsure = Math.max(...skews.map((skew) => skew.unsure));
  const findings = [
    ...(excess(usual, unsure) > MUCH ? [clock('this machine', -usual, unsure, 'the nodes')] : []),
    ...skews
      .filter(({ ahead, unsure: own }) => excess(ahead - usual, own) > MUCH)
      .map(({ name, ahead, unsure: own }) => ({
        ...clock(name, ahead - usual, own, 'the other nodes'),
        nodes: [name],
      })),
  ];
  if (findings.length > 0) return findings;
  const detail = `The clocks of ${skews.length} nodes and of this machine agree within ${MUCH / 1000} s.`;
  return [{ code: 'clock', severity: 'ok', subject: 'clocks', detail }];
}

/** Of two in the middle the smaller deviation: with two nodes, the one that agrees with this machine is taken to be right. */
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = low] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return Math.abs(low) < Math.abs(high) ? low : high;
}

/** How far it is off for certain. */
function excess(skew: Milliseconds, unsure: Milliseconds): Milliseconds {
  return Math.abs(skew) - unsure;
}

function clock(name: string, ahead: Milliseconds, unsure: Milliseconds, others: string): Finding {
  const far = excess(ahead, unsure) > TOO_MUCH;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return {
    code: 'clock',
    severity: far ? 'failure' : 'warning',
    subject: name,
    detail: `Its clock is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} ${others}; ${MUCH / 1000} s are allowed. ${far ? 'Tickets are refused, and t' : 'T'}imes of tasks cannot be compared.`,
    cure: 'Check `chronyc tracking` (or `timedatectl`) there.',
  };
}
