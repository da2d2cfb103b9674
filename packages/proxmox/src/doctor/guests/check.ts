import type { Finding, FindingCode, FoundGuest, Guest } from '@ballast/core';
import { flag, number, text } from '../../wire/fields.ts';
import type { Evidence } from '../evidence.ts';
import type { DoctorParts, DoctorQuestion } from '../question.ts';
import { known } from '../reading.ts';
import { type Cause, causesInSight, causesInside, type Surroundings } from './causes.ts';
import { CAUSES } from './words.ts';

/** Guests that do not migrate live, or not everywhere, by cause: 300 with local disks are one finding. */
export function checkGuests(evidence: Evidence, _: DoctorQuestion, parts: DoctorParts): readonly Finding[] {
  const around = surroundingsOf(evidence, parts);
  const byCause = new Map<FindingCode, FoundGuest[]>();
  const note = ({ id, name, node }: Guest, [code, detail]: Cause): void => {
    byCause.set(code, [...(byCause.get(code) ?? []), { id, name, node, detail }]);
  };
  for (const guest of evidence.guests.filter(counts))
    for (const cause of causesInSight(guest, around)) note(guest, cause);
  for (const one of evidence.inspected) for (const cause of causesInside(one, around)) note(one.guest, cause);
  const causes = CAUSES.flatMap(({ code, says, cure }): readonly Finding[] => {
    const guests = byCause.get(code);
    if (guests === undefined) return [];
    const detail = says(guests.length === 1 ? '1 guest' : `${guests.length} guests`, guests.length === 1);
    return [
      {
        code,
        severity: 'warning',
        subject: `${guests.length} guest${guests.length === 1 ? '' : 's'}`,
        detail,
        cure,
        guests,
      },
    ];
  });
  return [summary(evidence, byCause), ...causes];
}

/** Guests that Ballast would ever move. */
export function counts({ template, status }: Guest): boolean {
  return !template && status === 'running';
}

function summary(
  { guests, inspected, passedOver }: Evidence,
  byCause: ReadonlyMap<FindingCode, readonly FoundGuest[]>,
): Finding {
  const concerned = new Set([...byCause.values()].flat().map(({ id }) => id));
  const running = guests.filter(counts);
  const free = inspected.filter(
    ({ guest, preconditions }) => !concerned.has(guest.id) && preconditions?.ok !== false,
  ).length;
  const templates = guests.filter(({ template }) => template).length;
  const containers = running.filter(({ kind }) => kind === 'lxc').length;
  const sentences = [
    `${guests.length} guests, ${running.length} running; ${inspected.length} looked at: nothing stands in the way of ${free}.`,
    ...(containers === 0
      ? []
      : [`${containers} of them ${containers === 1 ? 'is a container' : 'are containers'}, moved by a restart.`]),
    ...(templates === 0 ? [] : [`Templates stay: ${templates}.`]),
    ...(passedOver === 0 ? [] : [`${passedOver} more were not looked at: they are beyond the limit.`]),
  ];
  return {
    code: 'guest',
    severity: passedOver === 0 ? 'ok' : 'warning',
    subject: 'guests',
    detail: sentences.join(' '),
    ...(passedOver === 0 ? {} : { cure: 'Raise --max-guests: each takes two requests.' }),
  };
}

function surroundingsOf(evidence: Evidence, { migration }: DoctorParts): Surroundings {
  const storages = (known(evidence.resources) ?? []).filter((from) => text(from, 'type') === 'storage');
  const shared = storages.filter((from) => flag(from, 'shared')).flatMap((from) => text(from, 'storage') ?? []);
  const replicas = new Map<number, readonly string[]>();
  for (const job of known(evidence.replication) ?? []) {
    const guest = number(job, 'guest') ?? 0;
    replicas.set(guest, [...(replicas.get(guest) ?? []), text(job, 'target') ?? '?']);
  }
  const models = evidence.nodes.flatMap(({ name, status }) =>
    status?.ok ? [[name, status.value.cpuModel] as const] : [],
  );
  const differ = new Set(models.map(([, model]) => model)).size > 1;
  return {
    migration,
    online: evidence.nodes.map(({ name }) => name),
    shared: storages.length === 0 ? undefined : new Set(shared),
    replicas,
    cpuModels: new Map(differ ? models : []),
  };
}
