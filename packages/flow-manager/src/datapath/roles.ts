import { OFPCR_ROLE_EQUAL, OFPCR_ROLE_MASTER, OFPCR_ROLE_NOCHANGE, OFPCR_ROLE_SLAVE } from '@ballast/openflow';
import type { Connection } from '../channel/connection.ts';
import { OFPET_ROLE_REQUEST_FAILED, OFPRRFC_STALE, SwitchRefusal } from '../channel/refusal.ts';
import { DatapathError, StaleGenerationError } from './errors.ts';

/** What a controller may do at a switch, OpenFlow 1.5.1 section 6.3.6: a slave reads, one master writes. */
export type Role = 'equal' | 'master' | 'slave';

const NUMBERS: Readonly<Record<Role, number>> = {
  equal: OFPCR_ROLE_EQUAL,
  master: OFPCR_ROLE_MASTER,
  slave: OFPCR_ROLE_SLAVE,
};

export function roleNumbered(number: number): Role | undefined {
  return (Object.keys(NUMBERS) as Role[]).find((role) => NUMBERS[role] === number);
}

/**
 * Asks a switch for a role. The generation is the leader's fencing token: the switch refuses one that is older than
 * the newest it has heard of. It plays no part for EQUAL.
 * @throws {StaleGenerationError} another controller came with a newer one
 * @throws {DatapathError} `switch-role-refused`
 */
export async function requestRole(
  connection: Connection,
  switchName: string,
  role: Role,
  generation: bigint,
): Promise<Role> {
  try {
    const generationId = BigInt.asUintN(64, generation);
    const reply = await connection.request({ type: 'role_request', role: NUMBERS[role], generationId }, `role ${role}`);
    const given = reply.type === 'role_reply' ? roleNumbered(reply.role) : undefined;
    if (given === role) return given;
    throw new DatapathError('switch-role-refused', `Expected ${switchName} to grant role ${role}, got ${given}.`);
  } catch (error) {
    if (!(error instanceof SwitchRefusal)) throw error;
    if (error.is(OFPET_ROLE_REQUEST_FAILED, OFPRRFC_STALE)) {
      throw new StaleGenerationError(switchName, generation, error);
    }
    throw new DatapathError('switch-role-refused', `${switchName} does not grant role ${role}: ${error.message}`, {
      cause: error,
      hint: 'A switch without roles serves one controller at a time: use role `equal`.',
    });
  }
}

/** A generation may grow between asking for it and using it; not so often. */
const TRIES = 5;

/**
 * Becomes a slave whatever generation the switch knows, so that the switch itself refuses what might still be written.
 * A role may be given up with the newest generation alone: the switch is asked for it.
 * @throws {SwitchRefusal | ChannelError}
 */
export async function giveUp(connection: Connection): Promise<void> {
  const asking = { type: 'role_request', role: OFPCR_ROLE_NOCHANGE, generationId: 0n } as const;
  for (let left = TRIES; ; left -= 1) {
    const reply = await connection.request(asking, 'the role');
    if (reply.type !== 'role_reply' || reply.role === OFPCR_ROLE_SLAVE) return;
    try {
      const { generationId } = reply;
      await connection.request({ ...asking, role: OFPCR_ROLE_SLAVE, generationId }, 'role slave');
      return;
    } catch (error) {
      const overtaken = error instanceof SwitchRefusal && error.is(OFPET_ROLE_REQUEST_FAILED, OFPRRFC_STALE);
      if (!overtaken || left === 1) throw error;
    }
  }
}
