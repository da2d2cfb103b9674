/** Commands of a flow mod, OpenFlow 1.5.1 section 7.3.4.2 (enum ofp_flow_mod_command). */
export const OFPFC_ADD = 0;
export const OFPFC_MODIFY = 1;
export const OFPFC_MODIFY_STRICT = 2;
export const OFPFC_DELETE = 3;
export const OFPFC_DELETE_STRICT = 4;

/** Flags of a flow (enum ofp_flow_mod_flags). */
export const OFPFF_SEND_FLOW_REM = 1;
export const OFPFF_CHECK_OVERLAP = 2;
export const OFPFF_RESET_COUNTS = 4;
export const OFPFF_NO_PKT_COUNTS = 8;
export const OFPFF_NO_BYT_COUNTS = 16;

/** Why a flow was removed, section 7.4.2 (enum ofp_flow_removed_reason). */
export const OFPRR_IDLE_TIMEOUT = 0;
export const OFPRR_HARD_TIMEOUT = 1;
export const OFPRR_DELETE = 2;
export const OFPRR_GROUP_DELETE = 3;
export const OFPRR_METER_DELETE = 4;
export const OFPRR_EVICTION = 5;

/** Why a packet came, section 7.4.1 (enum ofp_packet_in_reason); APPLY_ACTION is 1.3's ACTION. */
export const OFPR_TABLE_MISS = 0;
export const OFPR_APPLY_ACTION = 1;
export const OFPR_INVALID_TTL = 2;
export const OFPR_ACTION_SET = 3;
export const OFPR_GROUP = 4;
export const OFPR_PACKET_OUT = 5;

/** Commands of a group mod, section 7.3.4.3 (enum ofp_group_mod_command); the bucket commands are of 1.5. */
export const OFPGC_ADD = 0;
export const OFPGC_MODIFY = 1;
export const OFPGC_DELETE = 2;
export const OFPGC_INSERT_BUCKET = 3;
export const OFPGC_REMOVE_BUCKET = 5;
/** Open vSwitch: modifies a group, or adds it where there is none. */
export const OFPGC_ADD_OR_MOD = 0x8000;

/** Types of groups, section 7.3.4.3 (enum ofp_group_type). */
export const OFPGT_ALL = 0;
export const OFPGT_SELECT = 1;
export const OFPGT_INDIRECT = 2;
export const OFPGT_FF = 3;

/** Commands and flags of a meter mod, section 7.3.4.5. */
export const OFPMC_ADD = 0;
export const OFPMC_MODIFY = 1;
export const OFPMC_DELETE = 2;
export const OFPMF_KBPS = 1;
export const OFPMF_PKTPS = 2;
export const OFPMF_BURST = 4;
export const OFPMF_STATS = 8;

/** Why a port status came, section 7.4.3 (enum ofp_port_reason). */
export const OFPPR_ADD = 0;
export const OFPPR_DELETE = 1;
export const OFPPR_MODIFY = 2;

/** Configuration and state of a port, section 7.2.2.1. */
export const OFPPC_PORT_DOWN = 1;
export const OFPPC_NO_RECV = 4;
export const OFPPC_NO_FWD = 32;
export const OFPPC_NO_PACKET_IN = 64;
export const OFPPS_LINK_DOWN = 1;
export const OFPPS_BLOCKED = 2;
export const OFPPS_LIVE = 4;

/** Roles of a controller, section 7.3.8 (enum ofp_controller_role), and why one changed, section 7.4.4. */
export const OFPCR_ROLE_NOCHANGE = 0;
export const OFPCR_ROLE_EQUAL = 1;
export const OFPCR_ROLE_MASTER = 2;
export const OFPCR_ROLE_SLAVE = 3;
export const OFPCRR_MASTER_REQUEST = 0;
export const OFPCRR_CONFIG = 1;
export const OFPCRR_EXPERIMENTER = 2;

/** Steps and flags of a bundle, section 7.3.9. */
export const OFPBCT_OPEN_REQUEST = 0;
export const OFPBCT_OPEN_REPLY = 1;
export const OFPBCT_CLOSE_REQUEST = 2;
export const OFPBCT_CLOSE_REPLY = 3;
export const OFPBCT_COMMIT_REQUEST = 4;
export const OFPBCT_COMMIT_REPLY = 5;
export const OFPBCT_DISCARD_REQUEST = 6;
export const OFPBCT_DISCARD_REPLY = 7;
export const OFPBF_ATOMIC = 1;
export const OFPBF_ORDERED = 2;

/** What becomes of IP fragments, section 7.3.2 (enum ofp_config_flags). */
export const OFPC_FRAG_NORMAL = 0;
export const OFPC_FRAG_DROP = 1;
export const OFPC_FRAG_REASM = 2;

/** What a switch can do, section 7.3.1 (enum ofp_capabilities). */
export const OFPC_FLOW_STATS = 1;
export const OFPC_TABLE_STATS = 2;
export const OFPC_PORT_STATS = 4;
export const OFPC_GROUP_STATS = 8;
export const OFPC_IP_REASM = 32;
export const OFPC_QUEUE_STATS = 64;
export const OFPC_PORT_BLOCKED = 256;
export const OFPC_BUNDLES = 512;
export const OFPC_FLOW_MONITORING = 1024;

/** More parts of a multipart message follow, section 7.3.5. */
export const OFPMPF_MORE = 1;

/** Bits of ct_state (ovs-fields(7)). */
export const CS_NEW = 0x01;
export const CS_ESTABLISHED = 0x02;
export const CS_RELATED = 0x04;
export const CS_REPLY_DIR = 0x08;
export const CS_INVALID = 0x10;
export const CS_TRACKED = 0x20;
export const CS_SRC_NAT = 0x40;
export const CS_DST_NAT = 0x80;
