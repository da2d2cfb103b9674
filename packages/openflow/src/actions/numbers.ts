/** Action types, OpenFlow 1.5.1 section 7.2.6 (enum ofp_action_type). */
export const OFPAT_OUTPUT = 0;
export const OFPAT_COPY_TTL_OUT = 11;
export const OFPAT_COPY_TTL_IN = 12;
export const OFPAT_SET_MPLS_TTL = 15;
export const OFPAT_DEC_MPLS_TTL = 16;
export const OFPAT_PUSH_VLAN = 17;
export const OFPAT_POP_VLAN = 18;
export const OFPAT_PUSH_MPLS = 19;
export const OFPAT_POP_MPLS = 20;
export const OFPAT_SET_QUEUE = 21;
export const OFPAT_GROUP = 22;
export const OFPAT_SET_NW_TTL = 23;
export const OFPAT_DEC_NW_TTL = 24;
export const OFPAT_SET_FIELD = 25;
export const OFPAT_PUSH_PBB = 26;
export const OFPAT_POP_PBB = 27;
export const OFPAT_COPY_FIELD = 28;
export const OFPAT_METER = 29;
export const OFPAT_EXPERIMENTER = 0xffff;

/** ONF's extension 320 for 1.3 and 1.4. */
export const ONFACT_COPY_FIELD = 3200;

/** Nicira's experimenter id, and the subtypes of its actions (ovs-actions(7)). */
export const NX_EXPERIMENTER_ID = 0x00002320;
export const NXAST_RESUBMIT = 1;
export const NXAST_POP_QUEUE = 5;
export const NXAST_REG_MOVE = 6;
export const NXAST_REG_LOAD = 7;
export const NXAST_NOTE = 8;
export const NXAST_SET_TUNNEL64 = 9;
export const NXAST_RESUBMIT_TABLE = 14;
export const NXAST_OUTPUT_REG = 15;
export const NXAST_LEARN = 16;
export const NXAST_EXIT = 17;
export const NXAST_FIN_TIMEOUT = 19;
export const NXAST_CONTROLLER = 20;
export const NXAST_DEC_TTL_CNT_IDS = 21;
export const NXAST_STACK_PUSH = 27;
export const NXAST_STACK_POP = 28;
export const NXAST_REG_LOAD2 = 33;
export const NXAST_CONJUNCTION = 34;
export const NXAST_CT = 35;
export const NXAST_NAT = 36;
export const NXAST_CLONE = 42;
export const NXAST_CT_CLEAR = 43;
export const NXAST_RESUBMIT_TABLE_CT = 44;
export const NXAST_LEARN2 = 45;

/** Flags of ct: the connection enters the table; an opposite one is replaced. */
export const NX_CT_F_COMMIT = 1;
export const NX_CT_F_FORCE = 2;
/** The table on the wire that means: no second lookup. */
export const NX_CT_RECIRC_NONE = 0xff;

/** Flags of nat, and the bits that say which range values follow. */
export const NX_NAT_F_SRC = 1;
export const NX_NAT_F_DST = 2;
export const NX_NAT_F_PERSISTENT = 4;
export const NX_NAT_F_PROTO_HASH = 8;
export const NX_NAT_F_PROTO_RANDOM = 16;
export const NX_NAT_RANGE_IPV4_MIN = 1;
export const NX_NAT_RANGE_IPV4_MAX = 2;
export const NX_NAT_RANGE_IPV6_MIN = 4;
export const NX_NAT_RANGE_IPV6_MAX = 8;
export const NX_NAT_RANGE_PROTO_MIN = 16;
export const NX_NAT_RANGE_PROTO_MAX = 32;

/** Flags of learn. */
export const NX_LEARN_F_SEND_FLOW_REM = 1;
export const NX_LEARN_F_DELETE_LEARNED = 2;
export const NX_LEARN_F_WRITE_RESULT = 4;
