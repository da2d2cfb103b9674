import type { Plan, RoundReport } from '@ballast/core';
import { renderRoundLine } from '@ballast/report';
import type { Logger, Metrics } from '@ballast/telemetry';

export interface AnnouncerParts {
  readonly log: Logger;
  readonly metrics?: Pick<Metrics, 'recordRound'>;
  readonly onReport?: (report: RoundReport) => void;
}

/** Takes what a round came to to the log, the metrics, and whoever else wants to know. */
export class Announcer {
  readonly #parts: AnnouncerParts;
  /** Id of the plan that was last given as advice. */
  #advised = '';

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  tell(report: RoundReport): void {
    const { log, metrics, onReport } = this.#parts;
    const logger = log.child({ round: report.round });
    const { failure } = report;
    if (failure === undefined) logger.info(renderRoundLine(report));
    else logger.error({ code: failure.code, stage: failure.stage }, failure.message);
    for (const { target, problems } of report.targets) {
      for (const { code, guest, message } of problems) logger.warn({ target, code, guest }, message);
    }
    if (report.mode === 'advise' && report.plan !== undefined) this.#advise(report.plan, logger);
    metrics?.recordRound(report);
    onReport?.(report);
  }

  /** Says what it would do, once for each plan. */
  #advise({ id, steps }: Plan, logger: Logger): void {
    if (id === this.#advised) return;
    this.#advised = id;
    if (steps.length > 0) logger.info({ plan: id }, `advice: a plan waits for \`ballast approve ${id}\``);
    for (const { guest, guestName, from, to, reason, why } of steps) {
      logger.info(
        { plan: id, guest, from, to, reason },
        `advice: move ${guestName} from ${from} to ${to}. ${why.join(' ')}`,
      );
    }
  }
}
