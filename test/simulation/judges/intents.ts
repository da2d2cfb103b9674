import type { Judge } from './judge.ts';

/** Each request rests on an intent of its own that the store had before. */
export const intents: Judge = {
  // That of a leader that slept may have been settled by its successor meanwhile (docs/adr/0007).
  leaves: ({ intent, guest, by, request }) =>
    intent === undefined && !request.late ? `${by} asks for guest ${guest} with no intent in the store` : undefined,
};

/** A guest is not asked for while a migration of it that was asked for before runs, or may still begin. */
export const once: Judge = {
  leaves: ({ guest, by, request }, evidence) => {
    if (request.late) return undefined;
    const { world } = evidence.simulation.cluster;
    const running = world.migrations.find((migration) => migration.guest === guest && evidence.askedFor(migration));
    if (running !== undefined) return `${by} asks for guest ${guest} again while it migrates`;
    const onItsWay = evidence.asked.find(
      (other) =>
        other.guest === guest &&
        other.arrivedAt === undefined &&
        evidence.now - other.at < 60_000 &&
        !other.request.late &&
        !evidence.outlastsDoubt(other, by),
    );
    return onItsWay === undefined ? undefined : `${by} asks for guest ${guest} again while its request is on its way`;
  },
};
