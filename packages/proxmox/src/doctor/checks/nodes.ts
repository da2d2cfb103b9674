import type { Finding } from '@ballast/core';
import { text } from '../../wire/fields.ts';
import type { Evidence } from '../evidence.ts';
import { known } from '../reading.ts';

/** The oldest major version that Ballast works with. */
const OLDEST = 8;

/** Versions of the nodes: too old, or not the same. */
export function checkVersions({ nodes, version }: Evidence): readonly Finding[] {
  const asked = nodes.flatMap(({ name, version: own }) => (own?.ok ? [{ name, ...own.value }] : []));
  const old = asked.filter(({ major }) => major < OLDEST);
  const texts = [...new Set(asked.map((node) => node.text))];
  const found = { code: 'version', subject: 'versions' } as const;
  if (old.length > 0 || version.major < OLDEST) {
    const names = old.map((node) => `${node.name} (${node.text})`).join(', ') || version.text;
    return [
      {
        ...found,
        severity: 'failure',
        detail: `Expected Proxmox VE ${OLDEST}.0 or newer, got ${names}.`,
        cure: 'Upgrade these nodes.',
        nodes: old.map(({ name }) => name),
      },
    ];
  }
  if (texts.length <= 1) {
    return [
      { ...found, severity: 'ok', detail: `All nodes that were asked have Proxmox VE ${texts[0] ?? version.text}.` },
    ];
  }
  const groups = texts.map(
    (each) =>
      `${each} on ${asked
        .filter((node) => node.text === each)
        .map((node) => node.name)
        .join(', ')}`,
  );
  return [
    {
      ...found,
      severity: 'warning',
      detail: `The nodes have different versions: ${groups.join('; ')}. Guests migrate to newer versions for sure, to older ones they may not.`,
      cure: 'Finish the upgrade.',
      nodes: asked.map(({ name }) => name),
    },
  ];
}

/** Whether a majority is there. */
export function checkQuorum({ membership }: Evidence): readonly Finding[] {
  if (!membership.ok) return [];
  const { quorate, online, offline } = membership.value;
  const found = { code: 'quorum', subject: 'quorum' } as const;
  const count = `${online.size} of ${online.size + offline.size} nodes are online`;
  if (quorate) return [{ ...found, severity: 'ok', detail: `${count}, and they are a majority.` }];
  return [
    {
      ...found,
      severity: 'failure',
      detail: `${count}, and that is no majority: nothing is decided, and Proxmox VE changes nothing.`,
      cure: 'Check `pvecm status` and the network between the nodes.',
    },
  ];
}

/** Nodes that are off, that nothing is known of, or that do not answer. */
export function checkNodes({ membership, resources, nodes }: Evidence): readonly Finding[] {
  const offline = [...(known(membership)?.offline ?? [])];
  const names = [...offline, ...(known(membership)?.online ?? [])];
  const silent = (known(resources) ?? [])
    .filter((from) => text(from, 'type') === 'node' && text(from, 'status') === 'unknown')
    .flatMap((from) => text(from, 'node') ?? [])
    .filter((name) => !offline.includes(name));
  const only = names.length === 1 ? names : [];
  return [
    ...only.map((name) =>
      node(name, 'warning', 'It is the only node: there is nowhere to move to.', 'Join another one.'),
    ),
    ...offline.map((name) =>
      node(
        name,
        'warning',
        'It is offline: nothing moves there or from there.',
        'Start it, or remove it from the cluster (`pvecm delnode`).',
      ),
    ),
    ...silent.map((name) =>
      node(
        name,
        'failure',
        'It is online and shows no figures: no round gets through.',
        'Check `systemctl status pvestatd` on it.',
      ),
    ),
    ...nodes.flatMap(({ name, time }) =>
      time.ok || time.error.kind === 'permission'
        ? []
        : [node(name, 'failure', time.error.message, time.error.hint ?? 'Check pveproxy and pvedaemon there.')],
    ),
  ];
}

function node(name: string, severity: Finding['severity'], detail: string, cure: string): Finding {
  return { code: 'node', severity, subject: name, detail, cure, nodes: [name] };
}

/** Nodes that the HA manager empties. */
export function checkMaintenance({ maintenance, resources }: Evidence): readonly Finding[] {
  const rows = known(resources) ?? [];
  const told = rows
    .filter((from) => text(from, 'hastate') === 'maintenance')
    .flatMap((from) => text(from, 'node') ?? []);
  const names = [...new Set([...(known(maintenance) ?? []), ...told])];
  if (names.length === 0) return [];
  return [
    {
      code: 'maintenance',
      severity: 'warning',
      subject: names.join(', '),
      detail: 'In HA maintenance: nothing is moved there, and what is there is planned away.',
      cure: 'When the work is done: ha-manager crm-command node-maintenance disable NODE.',
      nodes: names,
    },
  ];
}
