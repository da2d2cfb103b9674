import { BallastError, type ErrorOptions } from '@ballast/core';

/**
 * Why what Proxmox VE told is no snapshot to decide from.
 *
 * - `snapshot-no-quorum`   the cluster may change nothing, and sees a part of itself alone
 * - `snapshot-incomplete`  an online node or its guests came without figures
 * - `snapshot-no-rights`   the credentials may not see what a snapshot needs
 * - `snapshot-stale`       the figures of a node have not moved for too long, or the answers took too long
 */
export type SnapshotErrorCode = 'snapshot-no-quorum' | 'snapshot-incomplete' | 'snapshot-no-rights' | 'snapshot-stale';

/** A snapshot that was refused. The next round takes another. */
export class SnapshotError extends BallastError {
  constructor(code: SnapshotErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}
