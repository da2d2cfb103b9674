import type { NodeName, Ratio, RoundReport, StepReport } from '@ballast/core';
import { bar, formatPercent } from '@ballast/report';
import { createLogUpdate } from 'log-update';
import picocolors from 'picocolors';

/** What the demo shows at one moment. */
export interface Scene {
  /** Seconds since its start. */
  readonly elapsed: number;
  readonly phase: string;
  readonly cpu: Readonly<Record<NodeName, Ratio>>;
  readonly high: Ratio;
  readonly guests: Readonly<Record<NodeName, readonly string[]>>;
  readonly steps: readonly StepReport[];
  readonly weights: RoundReport['weights'];
  readonly rate: number;
  readonly sent: number;
  readonly failed: number;
  /** Where there is a fabric. */
  readonly fabric?: FabricScene;
}

/** Traffic through the fabric, and the connections that are kept open through it. */
export interface FabricScene {
  readonly rate: number;
  readonly sent: number;
  readonly failed: number;
  readonly open: number;
}

export interface Display {
  show(scene: Scene): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
}

/** On a terminal a picture that is redrawn; elsewhere a line every few seconds. */
export function displayOn(output: NodeJS.WriteStream, colour: boolean): Display {
  return output.isTTY ? liveDisplay(output, colour) : lineDisplay(output);
}

function liveDisplay(output: NodeJS.WriteStream, colour: boolean): Display {
  const update = createLogUpdate(output);
  return {
    show: (scene) => update(draw(scene, colour)),
    say: (line) => update.persist(line),
    end: () => update.done(),
  };
}

type Colors = ReturnType<typeof picocolors.createColors>;

const LINE_EVERY = 5;

function lineDisplay(output: NodeJS.WriteStream): Display {
  let last = Number.NEGATIVE_INFINITY;
  return {
    show: (scene) => {
      if (scene.elapsed - last < LINE_EVERY) return;
      last = scene.elapsed;
      const loads = Object.entries(scene.cpu).map(([node, cpu]) => `${node} ${formatPercent(cpu)}`);
      const traffic = `${scene.rate} req/s  ${scene.failed} failed${fabricPart(scene)}`;
      const time = `${String(Math.round(scene.elapsed)).padStart(3)} s`;
      output.write(`${time}  ${loads.join('  ')}  ${weightsByNode(scene)}  ${traffic}\n`);
    },
    say: (line) => output.write(`${line}\n`),
    end: () => undefined,
  };
}

function fabricPart({ fabric }: Scene): string {
  return fabric === undefined ? '' : `  fabric ${fabric.rate} req/s  ${fabric.failed} failed  ${fabric.open} open`;
}

/** The mean weight on each node, of 256. */
function weightsByNode({ weights, guests, cpu }: Scene): string {
  const members = weights?.services.flatMap((service) => service.members) ?? [];
  const means = Object.keys(cpu).map((node) => {
    const here = members.filter(({ member }) => guests[node]?.includes(member.name));
    const total = here.reduce((sum, { weight, state }) => sum + (state === 'drain' ? 0 : weight), 0);
    return here.length === 0 ? '-' : String(Math.round((total / here.length) * 256));
  });
  return `weights ${means.join('/')}`;
}

/** The picture, at most 80 columns wide. */
export function draw(scene: Scene, colour: boolean): string {
  const paint = picocolors.createColors(colour);
  const nodes = Object.entries(scene.cpu).map(([node, cpu]) => {
    const fill = bar(cpu, 24);
    const text = `  ${node.padEnd(6)} ${cpu > scene.high ? paint.red(fill) : paint.green(fill)} ${formatPercent(cpu).padStart(5)}`;
    return `${text}  ${scene.guests[node]?.length ?? 0} guests`;
  });
  const steps = scene.steps.map(
    (report) => `  ${report.step.guestName.padEnd(14)} ${report.step.from} → ${report.step.to}  ${progress(report)}`,
  );
  return [
    '',
    `${paint.bold('Nodes')}   cpu, threshold ${formatPercent(scene.high)}`,
    ...nodes,
    '',
    paint.bold('Migrations'),
    ...(steps.length === 0 ? ['  none yet'] : steps),
    '',
    `${paint.bold('Weights')} of 256`,
    ...weightLines(scene),
    '',
    `${paint.bold('Traffic')} ${trafficLine(scene, paint)}`,
    ...(scene.fabric === undefined
      ? []
      : [`${paint.bold('Fabric')}  ${trafficLine(scene.fabric, paint)} · ${scene.fabric.open} connections open`]),
    `${Math.round(scene.elapsed)} s · ${scene.phase}`,
    '',
  ].join('\n');
}

function trafficLine({ rate, sent, failed }: Pick<Scene, 'rate' | 'sent' | 'failed'>, paint: Colors): string {
  return `${rate} req/s · ${sent} sent · ${failed === 0 ? '0 failed' : paint.red(`${failed} failed`)}`;
}

function progress({ state, progress: done, detail }: StepReport): string {
  const ratio = done?.ratio ?? 0;
  if (state === 'running') return `${bar(ratio, 16)} ${formatPercent(ratio)}`;
  return detail === undefined ? state : `${state}: ${detail}`.slice(0, 40);
}

/** One line a service and node: the members there, with their weights. */
function weightLines({ weights, guests }: Scene): readonly string[] {
  if (weights === undefined) return ['  not decided yet'];
  return weights.services.flatMap((service) =>
    Object.entries(guests).flatMap(([node, names]) => {
      const members = service.members
        .filter((entry) => names.includes(entry.member.name))
        .map(({ member, weight, state }) => `${member.name} ${state === 'drain' ? 'drain' : Math.round(weight * 256)}`);
      return members.length === 0 ? [] : [`  ${node.padEnd(6)} ${members.join('  ')}`];
    }),
  );
}
