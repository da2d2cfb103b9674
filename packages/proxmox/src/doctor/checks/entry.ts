import type { Finding } from '@ballast/core';
import { nameOf } from '../../http/endpoints.ts';
import type { ProxmoxTls } from '../../options.ts';
import type { EndpointEvidence } from '../evidence.ts';

/** Each entry point that does not answer, with what is wrong. One of several is a spare part that is missing. */
export function checkEndpoints(endpoints: readonly EndpointEvidence[]): readonly Finding[] {
  const answering = endpoints.filter(({ version }) => version.ok).length;
  const findings = endpoints.map(({ endpoint, version }): Finding => {
    const subject = nameOf(endpoint);
    if (version.ok) {
      return { code: 'endpoint', severity: 'ok', subject, detail: `It answers: Proxmox VE ${version.value.text}.` };
    }
    const { error } = version;
    const wrong = answering === 0 || error.kind !== 'transient';
    return {
      code: 'endpoint',
      severity: wrong ? 'failure' : 'warning',
      subject,
      detail: error.message,
      ...(error.hint === undefined ? {} : { cure: error.hint }),
    };
  });
  return endpoints.length === 1 && answering === 1 ? [...findings, SINGLE] : findings;
}

const SINGLE: Finding = {
  code: 'endpoint',
  severity: 'warning',
  subject: 'endpoints',
  detail: 'There is one entry point: while that node is away, Ballast sees nothing.',
  cure: 'Name more than one node in `cluster.endpoints`.',
};

/** How the nodes prove who they are. */
export function checkTls({ ca, fingerprints, insecure }: ProxmoxTls): Finding {
  const found = { code: 'tls', subject: 'TLS' } as const;
  if (fingerprints?.length) {
    return { ...found, severity: 'ok', detail: 'The certificates of the nodes are pinned by their fingerprints.' };
  }
  if (insecure === true) {
    return {
      ...found,
      severity: 'warning',
      detail: 'Certificates are not verified (`insecure`): whoever answers gets the credentials.',
      cure: 'Pin the fingerprint (`pvenode cert info`) or name the CA under `cluster.tls`.',
    };
  }
  const by = ca === undefined ? 'the authorities that Node trusts' : "the cluster's own CA";
  return { ...found, severity: 'ok', detail: `The certificates of the nodes are verified by ${by}.` };
}
