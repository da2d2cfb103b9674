import { BallastError } from '@ballast/core';
import type { ErrorMessage, ExperimenterError } from '@ballast/openflow';

/** A switch's own refusal of one request, in OpenFlow's words. */
export class SwitchRefusal extends BallastError {
  declare readonly code: 'switch-refused';
  /** Of OFPET_*, OpenFlow 1.5.1 section 7.5.4; 0xffff for an experimenter's. */
  readonly errorType: number;
  /** Its meaning hangs on the type; an experimenter's own number for those. */
  readonly errorCode: number;

  constructor(asked: string, error: ErrorMessage | ExperimenterError) {
    const [type, code] = error.type === 'error' ? [error.errorType, error.code] : [EXPERIMENTER, error.expType];
    super('switch-refused', `The switch refused ${asked}: ${nameOf(type, code)}.`, { hint: hintOf(type) });
    this.errorType = type;
    this.errorCode = code;
  }

  is(errorType: number, errorCode: number): boolean {
    return this.errorType === errorType && this.errorCode === errorCode;
  }
}

const EXPERIMENTER = 0xffff;
export const OFPET_BAD_REQUEST = 1;
export const OFPET_ROLE_REQUEST_FAILED = 11;
export const OFPRRFC_STALE = 0;

interface Family {
  readonly name: string;
  readonly codes: readonly string[];
}

/** OpenFlow 1.5.1 section 7.5.4: types by number, and of those that are met the codes by number. */
const FAMILIES: readonly Family[] = [
  family('HELLO_FAILED', 'INCOMPATIBLE EPERM'),
  family(
    'BAD_REQUEST',
    'BAD_VERSION BAD_TYPE BAD_MULTIPART BAD_EXPERIMENTER BAD_EXP_TYPE EPERM BAD_LEN BUFFER_EMPTY',
    'BUFFER_UNKNOWN BAD_TABLE_ID IS_SLAVE BAD_PORT BAD_PACKET MULTIPART_BUFFER_OVERFLOW',
    'MULTIPART_REQUEST_TIMEOUT MULTIPART_REPLY_TIMEOUT',
  ),
  family(
    'BAD_ACTION',
    'BAD_TYPE BAD_LEN BAD_EXPERIMENTER BAD_EXP_TYPE BAD_OUT_PORT BAD_ARGUMENT EPERM TOO_MANY',
    'BAD_QUEUE BAD_OUT_GROUP MATCH_INCONSISTENT UNSUPPORTED_ORDER BAD_TAG BAD_SET_TYPE BAD_SET_LEN',
    'BAD_SET_ARGUMENT BAD_SET_MASK BAD_METER',
  ),
  family(
    'BAD_INSTRUCTION',
    'UNKNOWN_INST UNSUP_INST BAD_TABLE_ID UNSUP_METADATA UNSUP_METADATA_MASK BAD_EXPERIMENTER',
    'BAD_EXP_TYPE BAD_LEN EPERM DUP_INST',
  ),
  family(
    'BAD_MATCH',
    'BAD_TYPE BAD_LEN BAD_TAG BAD_DL_ADDR_MASK BAD_NW_ADDR_MASK BAD_WILDCARDS BAD_FIELD BAD_VALUE',
    'BAD_MASK BAD_PREREQ DUP_FIELD EPERM',
  ),
  family(
    'FLOW_MOD_FAILED',
    'UNKNOWN TABLE_FULL BAD_TABLE_ID OVERLAP EPERM BAD_TIMEOUT BAD_COMMAND BAD_FLAGS CANT_SYNC',
    'BAD_PRIORITY IS_SYNC',
  ),
  family(
    'GROUP_MOD_FAILED',
    'GROUP_EXISTS INVALID_GROUP WEIGHT_UNSUPPORTED OUT_OF_GROUPS OUT_OF_BUCKETS CHAINING_UNSUPPORTED',
    'WATCH_UNSUPPORTED LOOP UNKNOWN_GROUP CHAINED_GROUP BAD_TYPE BAD_COMMAND BAD_BUCKET BAD_WATCH',
    'EPERM UNKNOWN_BUCKET BUCKET_EXISTS',
  ),
  family('PORT_MOD_FAILED', 'BAD_PORT BAD_HW_ADDR BAD_CONFIG BAD_ADVERTISE EPERM'),
  family('TABLE_MOD_FAILED', 'BAD_TABLE BAD_CONFIG EPERM'),
  family('QUEUE_OP_FAILED', 'BAD_PORT BAD_QUEUE EPERM'),
  family('SWITCH_CONFIG_FAILED', 'BAD_FLAGS BAD_LEN EPERM'),
  family('ROLE_REQUEST_FAILED', 'STALE UNSUP BAD_ROLE ID_UNSUP ID_IN_USE'),
  family('METER_MOD_FAILED', 'UNKNOWN METER_EXISTS INVALID_METER UNKNOWN_METER'),
  family('TABLE_FEATURES_FAILED'),
  family('BAD_PROPERTY', 'BAD_TYPE BAD_LEN BAD_VALUE TOO_MANY DUP_TYPE'),
  family('ASYNC_CONFIG_FAILED', 'INVALID UNSUPPORTED EPERM'),
  family('FLOW_MONITOR_FAILED'),
  family(
    'BUNDLE_FAILED',
    'UNKNOWN EPERM BAD_ID BUNDLE_EXIST BUNDLE_CLOSED OUT_OF_BUNDLES BAD_TYPE BAD_FLAGS MSG_BAD_LEN',
    'MSG_BAD_XID MSG_UNSUP MSG_CONFLICT MSG_TOO_MANY MSG_FAILED TIMEOUT BUNDLE_IN_PROGRESS',
  ),
];

function family(name: string, ...codes: readonly string[]): Family {
  return { name, codes: codes.flatMap((line) => line.split(' ')) };
}

function nameOf(type: number, code: number): string {
  if (type === EXPERIMENTER) return `an experimenter's error ${code}`;
  const family = FAMILIES[type];
  if (family === undefined) return `error type ${type}, code ${code}`;
  return `${family.name}, ${family.codes[code] ?? `code ${code}`}`;
}

function hintOf(type: number): string {
  if (type === OFPET_ROLE_REQUEST_FAILED) return 'Another controller leads now, or the switch keeps no roles.';
  if (type === OFPET_BAD_REQUEST) return 'Does the switch allow this controller what it asks, and speak this version?';
  return "The switch's own log says more (ovs-vswitchd.log).";
}
