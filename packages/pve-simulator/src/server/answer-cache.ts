import type { LiveWorld } from './live-world.ts';
import type { Reply } from './respond.ts';

interface Kept {
  readonly moment: readonly unknown[];
  readonly reply: Reply;
}

/** Answers that are long are made once a second, as Proxmox VE itself reads its figures anew every two. */
const LONG = 'GET /cluster/resources';

/** Keeps long answers as long as the world shows the same: until a second has passed, or anything was changed. */
export class AnswerCache {
  readonly #kept = new Map<string, Kept>();

  /** The answer to a method for someone, made when there is none of this moment. */
  of(live: LiveWorld, name: string, asker: string, make: () => Reply): Reply {
    if (name !== LONG) return make();
    const { world, revision } = live;
    const second = Math.floor(world.now / 1000);
    const moment = [revision, second, world.published, world.tasks, world.migrations];
    const kept = this.#kept.get(asker);
    if (kept?.moment.every((value, i) => value === moment[i])) return kept.reply;
    const reply = make();
    this.#kept.set(asker, { moment, reply });
    return reply;
  }
}
