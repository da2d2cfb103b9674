import type { Api } from '../wire/api.ts';
import { requireQuorum } from './completeness.ts';
import { type Membership, readMembership } from './membership.ts';

/**
 * The newest word on the quorum, whoever asked: a look that is still under way may be told of its loss while a step
 * that rests on the look before it is about to leave.
 */
export class MembershipBook {
  #asked = 0;
  #lost: { readonly membership: Membership; readonly asked: number } | undefined;

  async read(api: Api): Promise<Membership> {
    const turn = ++this.#asked;
    const membership = readMembership(await api.cluster.status.$get());
    if (!membership.quorate) this.#lost = { membership, asked: this.#asked };
    // Of an answer that was under way when the loss was told nobody knows which of the two is older.
    else if (this.#lost !== undefined && turn > this.#lost.asked) this.#lost = undefined;
    return membership;
  }

  /** Whether nothing newer than the last loss that was told of says otherwise. */
  get quorate(): boolean {
    return this.#lost === undefined;
  }

  /** @throws {SnapshotError} `snapshot-no-quorum`, when the loss of the quorum was told and not yet its return */
  requireQuorum(): void {
    if (this.#lost !== undefined) requireQuorum(this.#lost.membership);
  }
}
