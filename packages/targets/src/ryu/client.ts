import { isRecord } from '../options/checks.ts';
import { type Answer, type Ask, exchange, jsonOf, NoAnswer } from '../rest/exchange.ts';
import { dpidText } from './dpid.ts';
import { RyuError } from './errors.ts';
import { type Group, groupBody, groupsOf } from './groups.ts';
import { literal } from './literal.ts';
import { DEFAULT_TIMEOUT, type RyuOptions } from './options.ts';

/** Speaks with ofctl_rest. Throws {@link RyuError}. */
export interface Client {
  /** The groups of a switch. One that does not answer within a second seems to have none: Ryu says no more. */
  groups(dpid: bigint, signal: AbortSignal | undefined): Promise<readonly Group[]>;
  /**
   * Sends the whole group with other weights. Ryu says 200 before the switch has seen it, and whatever the switch
   * says then: read back.
   */
  modify(dpid: bigint, group: Group, weights: readonly number[], signal: AbortSignal | undefined): Promise<void>;
}

export function clientOf(options: RyuOptions): Client {
  return {
    async groups(dpid, signal): Promise<readonly Group[]> {
      await refuseVersion15(options, dpid, signal);
      const { text } = await askFor(options, `stats/groupdesc/${dpid}`, dpid, { signal });
      const groups = groupsOf(jsonOf(text));
      if (groups === undefined) throw badReply(options.url, 'an answer to stats/groupdesc without groups');
      return groups;
    },
    async modify(dpid, group, weights, signal): Promise<void> {
      const body = literal(groupBody(dpid, group, weights));
      await askFor(options, 'stats/groupentry/modify', dpid, { method: 'POST', body, signal });
    },
  };
}

/**
 * On OpenFlow 1.5, groupdesc of a group of several buckets never ends and takes the whole controller with it: Ryu's
 * OFPBucket.parser reads each bucket into the next, and loops at an empty property (os-ken has the same). So it is not
 * asked. Descriptions of meters are of 1.5 alone: with an older version they are refused with 501, unseen by the switch;
 * a Ryu that does not know the path (404) is older than 1.5.
 */
async function refuseVersion15(options: RyuOptions, dpid: bigint, signal: AbortSignal | undefined): Promise<void> {
  const { status, text } = await ask(options, `stats/meterdesc/${dpid}`, { signal });
  if (status !== 200 || !isRecord(jsonOf(text))) return;
  throw new RyuError(
    'ryu-openflow-version',
    `Expected switch ${dpidText(dpid)} to speak OpenFlow 1.3 or 1.4 with Ryu, got 1.5, on which Ryu hangs when it is asked for groups.`,
    { hint: 'ovs-vsctl set bridge BRIDGE protocols=OpenFlow13 ends that.' },
  );
}

async function askFor(options: RyuOptions, path: string, dpid: bigint, sent: Ask): Promise<Answer> {
  const answer = await ask(options, path, sent);
  const { ok, status } = answer;
  if (ok) return answer;
  const { url } = options;
  const at = `Ryu at ${url}`;
  switch (status) {
    case 401:
    case 403:
      throw new RyuError('ryu-unauthorized', `What stands before ${at} does not take the token (status ${status}).`, {
        hint: 'Give the target the `token` that it asks for.',
      });
    case 404:
      throw new RyuError('ryu-unknown-datapath', `${at} knows no switch ${dpidText(dpid)} (${dpid}) now.`, {
        hint: 'Is it connected, and does Ryu run ofctl_rest? GET /stats/switches there lists the switches.',
      });
    case 400:
    case 500:
    case 501:
      throw new RyuError('ryu-refused', `${at} failed at ${path} (status ${status}).`, {
        hint: 'Its log says why. It cannot tell groups that hold Nicira actions such as ct.',
      });
    default:
      throw badReply(url, `status ${status}`);
  }
}

async function ask(options: RyuOptions, path: string, sent: Ask): Promise<Answer> {
  const { url, timeout = DEFAULT_TIMEOUT } = options;
  try {
    return await exchange({ ...options, timeout }, path, sent);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw noAnswer(url, error, path, timeout);
  }
}

function noAnswer(url: string, cause: NoAnswer, path: string, timeout: number): RyuError {
  const hint = 'Is Ryu running with ofctl_rest, and is its port open to this machine?';
  switch (cause.why) {
    case 'aborted':
      return new RyuError('ryu-aborted', `The call to ${url} was given up.`, { cause });
    case 'timeout':
      return new RyuError(
        'ryu-timeout',
        `Expected an answer of Ryu at ${url} to ${path} within ${timeout} ms, got none.`,
        {
          cause,
          hint,
        },
      );
    case 'unreachable':
      return new RyuError('ryu-unreachable', `Expected Ryu at ${url}, got ${cause.reason}.`, { cause, hint });
  }
}

function badReply(url: string, got: string): RyuError {
  return new RyuError('ryu-bad-reply', `Expected ofctl_rest of Ryu at ${url}, got ${got}.`, {
    hint: "Check the target's `url`: GET /stats/switches there is to list the switches.",
  });
}
