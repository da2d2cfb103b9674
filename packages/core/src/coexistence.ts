export const COEXISTENCE = ['cede', 'exclusive'] as const;
/**
 * What Ballast does about guests that the native balancer may move: `cede` leaves them to it, `exclusive` moves them
 * as well, as if it were alone.
 */
export type Coexistence = (typeof COEXISTENCE)[number];
