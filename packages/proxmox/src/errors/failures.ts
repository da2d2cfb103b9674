import type { FailureRow } from './row.ts';
import { AUTH } from './rows/auth.ts';
import { CONNECTION } from './rows/connection.ts';
import { REFUSALS } from './rows/refusals.ts';
import { STRANGE } from './rows/strange.ts';

/**
 * Every way a request fails. The first row that matches names the failure; the last one matches all.
 * Proxmox VE answers many different failures with 500: here its phrases are read, and nowhere else.
 */
export const FAILURES: readonly FailureRow[] = [...CONNECTION, ...STRANGE, ...AUTH, ...REFUSALS];
