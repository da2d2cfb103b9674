import type { OptionValue, WorldGuest } from '../world/world.ts';
import { configOf } from './guest-config.ts';

/** Options of a running machine that take effect at once, whatever its `hotplug` says. */
const LIVE =
  /^(name|description|tags|onboot|protection|startup|hookscript|shares|cpulimit|cpuunits|lock|balloon|agent)$/;

/** What a running machine takes without a restart; `1` means the first three (PVE/QemuServer.pm). */
const DEFAULT_HOTPLUG = 'network,disk,usb';

/** Whether a change is left for the next start. Containers take theirs at once. */
export function waitsForStart(guest: WorldGuest, name: string): boolean {
  if (guest.status !== 'running' || guest.kind === 'lxc' || LIVE.test(name)) return false;
  const kind = hotplugKind(name);
  return kind === undefined || !features(guest).has(kind) || needsNuma(guest, kind);
}

/** What a running machine cannot take although it is set to, by option. */
export function hotplugProblems(
  guest: WorldGuest,
  changes: Readonly<Record<string, OptionValue>>,
): Readonly<Record<string, string>> {
  if (guest.status !== 'running' || guest.kind === 'lxc') return {};
  const problems: Record<string, string> = {};
  const values = configOf(guest);
  const most = Number(values['cores'] ?? 1) * Number(values['sockets'] ?? 1);
  const vcpus = changes['vcpus'];
  if (typeof vcpus === 'number' && vcpus > most) {
    problems['vcpus'] = `hotplug problem - you can't add more vcpus than maxcpus`;
  }
  const memory = Number(/^(?:current=)?(\d+)/.exec(String(changes['memory'] ?? ''))?.[1] ?? 1024);
  if (!waitsForStart(guest, 'memory') && 'memory' in changes && memory < 1024) {
    problems['memory'] = 'hotplug problem - memory must be at least 1024 MiB';
  }
  return problems;
}

function hotplugKind(name: string): string | undefined {
  if (name === 'vcpus') return 'cpu';
  if (name === 'memory') return 'memory';
  if (/^net\d+$/.test(name)) return 'network';
  if (/^(scsi|sata|virtio|ide)\d+$/.test(name)) return 'disk';
  return /^usb\d+$/.test(name) ? 'usb' : undefined;
}

function features(guest: WorldGuest): ReadonlySet<string> {
  const set = String(configOf(guest)['hotplug'] ?? '1');
  if (set === '0') return new Set();
  return new Set((set === '1' ? DEFAULT_HOTPLUG : set).split(/[,;\s]+/));
}

/** Memory comes in modules of a NUMA node. */
function needsNuma(guest: WorldGuest, kind: string): boolean {
  return kind === 'memory' && Number(configOf(guest)['numa'] ?? 0) !== 1;
}
