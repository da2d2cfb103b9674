import { z } from 'zod';
import { balance } from './balance-schema.ts';
import { history } from './history-schema.ts';
import type { Recorded } from './recorded.ts';
import {
  amount,
  flag,
  guestId,
  guestIds,
  having,
  instant,
  list,
  named,
  number,
  oneOf,
  ratio,
  text,
  texts,
} from './values.ts';

const capacity = having({ cpu: amount, memory: amount });
/** Proxmox VE's own figures: the planner copes with those below 0. */
const usage = having({ cpu: number, memory: number });

const node = having({
  name: text,
  status: oneOf(['online', 'offline', 'unknown']),
  maintenance: flag,
  drained: flag.optional(),
  capacity,
  usage,
  pressure: having({
    cpuSome: ratio,
    memorySome: ratio,
    memoryFull: ratio,
    ioSome: ratio,
    ioFull: ratio,
  }).optional(),
  free: named(number).optional(),
  labels: named(text).optional(),
});

const guest = having({
  id: guestId,
  kind: oneOf(['qemu', 'lxc']),
  name: text,
  node: text,
  status: oneOf(['running', 'stopped', 'paused', 'unknown']),
  template: flag,
  capacity,
  usage,
  uptime: number,
  carried: having({ received: number, sent: number }).optional(),
  tags: texts,
  pool: text.optional(),
  lock: text.optional(),
  haState: text.optional(),
});

const facts = having({
  guest: guestId,
  digest: text,
  localDiskBytes: amount,
  needs: named(amount).optional(),
  localResources: texts,
  refusedNodes: named(text),
  otherProcessor: texts.optional(),
  replicas: texts.optional(),
  dirtyRate: amount.optional(),
});

const ruleOf = <K extends string>(kind: K) => ({
  kind: z.literal(kind),
  source: having({ kind: oneOf(['tag', 'config', 'ha']), name: text }),
  guests: guestIds,
});

const KINDS = 'one of pin, affinity, anti-affinity, ignore';
const rule = z.discriminatedUnion(
  'kind',
  [
    having({ ...ruleOf('pin'), nodes: texts }),
    having({ ...ruleOf('affinity'), topology: text.optional() }),
    having({ ...ruleOf('anti-affinity'), topology: text.optional() }),
    having(ruleOf('ignore')),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? KINDS : 'an object') },
);

const task = having({ id: text, node: text, type: text, guest: guestId.optional(), startedAt: number });

const written = having({
  snapshot: having({
    id: text,
    takenAt: instant,
    cluster: text,
    quorate: flag,
    nodes: list(node),
    guests: list(guest),
    rules: list(rule),
    tasks: list(task),
    nativeBalancer: having({ active: flag, guests: guestIds }),
    facts: named(facts),
  }),
  rules: list(rule),
  history,
  balance,
});

/** What `ballast snapshot` wrote. It leaves out fields that are not named here: what was checked is to be read itself. */
export const recordedSnapshot: z.ZodType<Recorded> = written as unknown as z.ZodType<Recorded>;
