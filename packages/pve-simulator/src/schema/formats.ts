/** What a format asks of a text: a pattern of the whole, and what is said when it does not fit. */
interface Format {
  readonly pattern: RegExp;
  readonly refusal: (value: string) => string;
}

const CONFIG_ID = /^[a-z][a-z0-9_-]+$/i;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const VM_ID = '[1-9][0-9]{2,8}';

/** Formats of PVE/JSONSchema.pm that the paths here use. The others are taken as they come. */
const FORMATS: Readonly<Record<string, Format>> = {
  'pve-node': {
    pattern: /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    refusal: () => 'value does not look like a valid node name',
  },
  'pve-vmid': { pattern: new RegExp(`^${VM_ID}$`), refusal: () => 'value does not look like a valid VM ID' },
  'pve-configid': { pattern: CONFIG_ID, refusal: (value) => `invalid configuration ID '${value}'` },
  'pve-storage-id': {
    pattern: /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
    refusal: (value) => `storage ID '${value}' contains illegal characters`,
  },
  'pve-poolid': {
    pattern: /^[A-Za-z0-9.\-_]+(?:\/[A-Za-z0-9.\-_]+){0,2}$/,
    refusal: (value) => `value '${value}' does not look like a valid pool name`,
  },
  'dns-name': { pattern: HOST, refusal: () => 'value does not look like a valid DNS name' },
  'pve-ha-resource-id': {
    pattern: /^(vm|ct):[1-9][0-9]{2,8}$/,
    refusal: (value) => `value does not look like a valid ha resource id: ${value}`,
  },
  'pve-ha-resource-or-vm-id': {
    pattern: new RegExp(`^(?:(?:vm|ct):)?${VM_ID}$`),
    refusal: (value) => `value does not look like a valid ha resource or VM id: ${value}`,
  },
  'pve-ha-node': {
    pattern: /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(?::\d+)?$/,
    refusal: () => 'value does not look like a valid ha node specification',
  },
  'pve-replication-job-id': {
    pattern: new RegExp(`^${VM_ID}-\\d{1,9}$`),
    refusal: (value) => `invalid replication job id '${value}'`,
  },
  'pve-tag': { pattern: /^[a-z0-9_][a-z0-9_\-+.]*$/i, refusal: () => 'invalid characters in tag' },
  'storage-pair': {
    pattern: /^(?:[a-z][a-z0-9\-_.]*[a-z0-9](?::[a-z][a-z0-9\-_.]*[a-z0-9])?|1)$/i,
    refusal: (value) => `invalid storage pair '${value}'`,
  },
  'pve-userid': {
    pattern: /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/,
    refusal: (value) => `user name '${value}' is invalid`,
  },
  CIDR: {
    pattern: /^(?:\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}|[0-9a-f:]+\/\d{1,3})$/i,
    refusal: () => 'value does not look like a valid CIDR network',
  },
  'property-string': {
    pattern: /^[^=,]*(?:=[^,]*)?(?:,[^=,]+(?:=[^,]*)?)*$/,
    refusal: () => 'format error',
  },
};

/** What is wrong with a text of a format; undefined for nothing. `-list` and `-opt` have the meaning they have there. */
export function formatProblem(format: string, value: string): string | undefined {
  const found = FORMATS[format];
  if (found !== undefined) return found.pattern.test(value) ? undefined : found.refusal(value);
  if (format.endsWith('-opt')) return value === '' ? undefined : formatProblem(format.slice(0, -4), value);
  if (!format.endsWith('-list')) return undefined;
  for (const part of splitList(value)) {
    const problem = formatProblem(format.slice(0, -5), part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A list as Proxmox VE writes it: parts between commas, semicolons, blanks or null bytes. */
export function splitList(text: string): readonly string[] {
  return text.split(/[\s,;\0]+/).filter((part) => part !== '');
}
