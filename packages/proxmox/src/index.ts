export { connectProxmox, type ProxmoxCluster } from './connect.ts';
export { examineProxmox } from './doctor/examine.ts';
export type { DoctorProgress, DoctorQuestion } from './doctor/question.ts';
export { type FailureKind, ProxmoxError } from './errors/proxmox-error.ts';
export type { Exchange, RawAnswer, Transport } from './http/exchange.ts';
export { NoAnswer } from './http/no-answer.ts';
export type {
  Endpoint,
  ProxmoxAuth,
  ProxmoxMigration,
  ProxmoxOptions,
  ProxmoxTls,
  RequestEvent,
} from './options.ts';
