import type { Milliseconds } from '@ballast/core';
import { step } from '../world/step.ts';
import type { World } from '../world/world.ts';

/** How often time is carried over, so that no step is long. */
const TICK: Milliseconds = 100;
/** Reads that follow each other this closely see the same moment. */
const MOMENT: Milliseconds = 100;

/** A world in which time passes: with the real time, or when it is told to. */
export class LiveWorld {
  #world: World;
  readonly #speed: number;
  #seen: Milliseconds = 0;
  #timer: NodeJS.Timeout | undefined;
  #revision = 0;

  /** @param speed simulated time per real time; with 0 there is no timer */
  constructor(world: World, speed: number) {
    this.#world = world;
    this.#speed = speed;
  }

  /** The world now. */
  get world(): World {
    this.#catchUp(MOMENT);
    return this.#world;
  }

  /** Goes up with every change from outside. */
  get revision(): number {
    return this.#revision;
  }

  update(change: (world: World) => World): World {
    this.#catchUp(0);
    this.#world = change(this.#world);
    this.#revision += 1;
    return this.#world;
  }

  advance(duration: Milliseconds): World {
    return this.update((world) => step(world, duration));
  }

  start(): void {
    this.#seen = performance.now();
    if (this.#speed > 0) this.#timer = setInterval(() => this.#catchUp(0), TICK).unref();
  }

  stop(): void {
    this.#catchUp(0);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #catchUp(atLeast: Milliseconds): void {
    if (this.#timer === undefined) return;
    const real = performance.now() - this.#seen;
    const passed = Math.floor(real * this.#speed);
    if (passed < 1 || real < atLeast) return;
    // What is left of a millisecond is not lost: it counts next time.
    this.#seen += passed / this.#speed;
    this.#world = step(this.#world, passed);
  }
}
