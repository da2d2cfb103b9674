import { EMPTY_HISTORY, type History, type Instant, NO_ORDERS, type Orders } from '@ballast/core';

/** What outlives processes: a directory, or a Redis that operators share. */
export class Disk {
  /** As it is written: what is read is read back from the text. */
  text: string = JSON.stringify(EMPTY_HISTORY);
  /** The value that the text stands for. */
  history: History = EMPTY_HISTORY;
  orders: Orders = NO_ORDERS;
  /** The newest token of the lease. */
  token = 0n;
  lease: { readonly by: string; readonly until: Instant } | undefined;

  /** Who has the lease. */
  holder(now: Instant): string | undefined {
    return this.lease !== undefined && now < this.lease.until ? this.lease.by : undefined;
  }
}
