/** Ports that stand for something, OpenFlow 1.5.1 section 7.2.2.1 (enum ofp_port_no). */
export const OFPP_MAX = 0xffffff00;
export const OFPP_UNSET = 0xfffffff7;
export const OFPP_IN_PORT = 0xfffffff8;
export const OFPP_TABLE = 0xfffffff9;
export const OFPP_NORMAL = 0xfffffffa;
export const OFPP_FLOOD = 0xfffffffb;
export const OFPP_ALL = 0xfffffffc;
export const OFPP_CONTROLLER = 0xfffffffd;
export const OFPP_LOCAL = 0xfffffffe;
export const OFPP_ANY = 0xffffffff;
/** OFPP_IN_PORT in the 16 bits that resubmit has for a port. */
export const NX_OFPP_IN_PORT = 0xfff8;

/** Groups, section 7.3.4.3 (enum ofp_group). */
export const OFPG_MAX = 0xffffff00;
export const OFPG_ALL = 0xfffffffc;
export const OFPG_ANY = 0xffffffff;

/** Buckets of a group, 1.5, section 7.3.4.3 (enum ofp_group_bucket). */
export const OFPG_BUCKET_MAX = 0xffffff00;
export const OFPG_BUCKET_FIRST = 0xfffffffd;
export const OFPG_BUCKET_LAST = 0xfffffffe;
export const OFPG_BUCKET_ALL = 0xffffffff;

/** Tables, section 7.3.4.1 (enum ofp_table). */
export const OFPTT_MAX = 0xfe;
export const OFPTT_ALL = 0xff;

/** Meters, section 7.3.4.5 (enum ofp_meter). */
export const OFPM_MAX = 0xffff0000;
export const OFPM_SLOWPATH = 0xfffffffd;
export const OFPM_CONTROLLER = 0xfffffffe;
export const OFPM_ALL = 0xffffffff;

/** No buffered packet, section 7.3.4.2. */
export const OFP_NO_BUFFER = 0xffffffff;
/** The whole packet to the controller, section 7.2.6.1 (enum ofp_controller_max_len). */
export const OFPCML_MAX = 0xffe5;
export const OFPCML_NO_BUFFER = 0xffff;

/** In vlan_vid: a tag is present; no tag. Section 7.2.3.8 (enum ofp_vlan_id). */
export const OFPVID_PRESENT = 0x1000;
export const OFPVID_NONE = 0x0000;
