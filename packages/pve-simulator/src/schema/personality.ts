import type { Description } from './endpoint.ts';
import type { Alternative } from './permission.ts';
import type { Fields } from './shape.ts';

/** Parameters that Proxmox VE 9 brought. */
const NEW_PARAMS: Readonly<Record<string, readonly string[]>> = {
  'POST /nodes/{node}/qemu/{vmid}/migrate': ['with-conntrack-state'],
  'POST /nodes/{node}/qemu/{vmid}/status/start': ['with-conntrack-state', 'nets-host-mtu'],
  'POST /cluster/ha/resources': ['failback'],
  'PUT /cluster/ha/resources/{sid}': ['failback'],
};

const older = new Map<string, Description>();

/** A method as a major version of Proxmox VE has it; undefined when it does not have it. */
export function asOf(description: Description, major: number): Description | undefined {
  if (major >= 9) return description;
  if (description.since > major) return undefined;
  const known = older.get(description.name);
  if (known !== undefined) return known;
  const made: Description = {
    ...description,
    permission: description.permission.map(olderRights),
    params: without(description.params, NEW_PARAMS[description.name] ?? []),
  };
  older.set(description.name, made);
  return made;
}

/** Before 9 one right stood for all that the guest agent does. */
function olderRights(alternative: Alternative): Alternative {
  if (!alternative.privileges.some((name) => name.startsWith('VM.GuestAgent.'))) return alternative;
  return { ...alternative, privileges: ['VM.Monitor'], any: false };
}

function without(fields: Fields, names: readonly string[]): Fields {
  if (names.length === 0) return fields;
  return { ...fields, byName: new Map([...fields.byName].filter(([name]) => !names.includes(name))) };
}
