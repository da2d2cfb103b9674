/** How an operator stands. */
export const OPERATOR_METRICS = {
  buildInfo: {
    name: 'ballast_build_info',
    help: 'Always 1; the label tells the version of Ballast that runs.',
    labels: ['version'],
  },
  modeInfo: {
    name: 'ballast_mode_info',
    help: 'Always 1; the label tells the mode: observe, advise or auto.',
    labels: ['mode'],
  },
  leader: {
    name: 'ballast_leader',
    help: 'Whether this operator leads: 1, or 0 while it stands by for another one.',
    labels: [],
  },
  paused: {
    name: 'ballast_paused',
    help: 'Whether nothing is migrated by order of a person: 1 while `ballast pause` holds.',
    labels: [],
  },
  windowOpen: {
    name: 'ballast_window_open',
    help: 'Whether migrations may begin, by `budgets.windows` and `budgets.blackouts`: 1, or 0 outside of them.',
    labels: [],
  },
} as const;
