import type { BlockerCode } from '@ballast/core';

/** Why a unit may not go to a node. The sentence is made only for those who ask. */
export interface Obstacle {
  readonly code: BlockerCode;
  readonly detail: () => string;
}
