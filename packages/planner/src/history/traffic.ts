import type {
  BalancePolicy,
  Carried,
  Guest,
  GuestHistory,
  Instant,
  Milliseconds,
  Ratio,
  Traffic,
  TrafficHistory,
} from '@ballast/core';

/** Counters are told anew every ten seconds: over less time than this a rate would say little. */
const MEASURED_OVER: Milliseconds = 25_000;

/**
 * Folds a guest's counters into the rates of its traffic, smoothed as other loads are. Where it has moved or was started anew
 * they begin at zero: its rates stay until they can be measured again. Nothing where the policy does not look at them.
 *
 * @param now when the counters were read
 */
export function rememberTraffic(
  past: GuestHistory | undefined,
  { carried, node }: Guest,
  now: Instant,
  { network, smoothing }: BalancePolicy,
): TrafficHistory | undefined {
  if (network === undefined) return undefined;
  const before = past?.network;
  if (carried === undefined) return before;
  const rate = before?.rate;
  const anew: TrafficHistory = { carried, since: now, ...(rate === undefined ? {} : { rate }) };
  if (before === undefined || past?.node !== node || fellBack(before.carried, carried)) return anew;
  const span = now - before.since;
  if (span < 0) return anew;
  if (span < MEASURED_OVER) return before;
  const measured: Traffic = {
    received: ((carried.received - before.carried.received) / span) * 1000,
    sent: ((carried.sent - before.carried.sent) / span) * 1000,
  };
  return { ...anew, rate: rate === undefined ? measured : smoothed(rate, measured, smoothing) };
}

function fellBack(before: Carried, now: Carried): boolean {
  return now.received < before.received || now.sent < before.sent;
}

function smoothed(past: Traffic, now: Traffic, share: Ratio): Traffic {
  return {
    received: (1 - share) * past.received + share * now.received,
    sent: (1 - share) * past.sent + share * now.sent,
  };
}
