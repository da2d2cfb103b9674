import { flows } from './flows.ts';
import { groups } from './groups.ts';
import { matches } from './matches.ts';
import { multiparts } from './multiparts.ts';
import { nicira } from './nicira.ts';
import { packets } from './packets.ts';
import type { WireRow } from './row.ts';
import { session } from './session.ts';

/** A message of each family. */
export const WIRE_ROWS: readonly WireRow[] = [
  ...session,
  ...packets,
  ...flows,
  ...nicira,
  ...matches,
  ...groups,
  ...multiparts,
];
