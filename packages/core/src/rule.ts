import type { GuestId } from './guest.ts';
import type { NodeName } from './node.ts';

/** Where a rule was written down: shown with every blocker it causes. */
export interface RuleSource {
  readonly kind: 'tag' | 'config' | 'ha';
  /** The tag, the name in the configuration or the id of the HA rule. */
  readonly name: string;
}

interface RuleBase {
  readonly source: RuleSource;
  readonly guests: readonly GuestId[];
}

/** The guests may run on these nodes alone. */
export interface PinRule extends RuleBase {
  readonly kind: 'pin';
  readonly nodes: readonly NodeName[];
}
/** The guests belong on one node; with a topology, in one rack. */
export interface AffinityRule extends RuleBase {
  readonly kind: 'affinity';
  /** A label of nodes, such as `rack`; the nodes themselves when left out. A node without it is a place of its own. */
  readonly topology?: string;
}
/** No two of the guests may share a node; with a topology, a rack. */
export interface AntiAffinityRule extends RuleBase {
  readonly kind: 'anti-affinity';
  /** As in {@link AffinityRule}. */
  readonly topology?: string;
}
/** The guests are never moved. They still count as load. */
export interface IgnoreRule extends RuleBase {
  readonly kind: 'ignore';
}

export type Rule = PinRule | AffinityRule | AntiAffinityRule | IgnoreRule;

/** A rule that is not kept, and by whom. */
export interface Violation {
  readonly kind: Exclude<Rule['kind'], 'ignore'>;
  readonly source: RuleSource;
  /** Those of the rule's guests that it is broken for, by id. */
  readonly guests: readonly GuestId[];
  /** Where these guests are. */
  readonly nodes: readonly NodeName[];
}
