# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# What the switch has, and how it is told.

PROTOCOLS=OpenFlow13,OpenFlow14,OpenFlow15
# Upper 16 bits of the cookies of Ballast's flows, and of those that the switch learns for it.
OUR_FLOWS=0xba11000000000000/0xffff000000000000
LEARNED_FLOWS=0xba12000000000000/0xffff000000000000
# Upper 16 bits of the ids of its groups.
OUR_GROUPS=0xba11
# The row by which a bridge is a plain switch, as the flow manager puts it there.
BASE_ROW='cookie=0xba11000000000001,table=0,priority=0,actions=NORMAL'

say() { printf '%s\n' "$*"; }

# Nothing was changed.
refuse() {
  printf 'attach.sh: %s\n  %s\n' "$1" "$2" >&2
  exit 2
}

fail() {
  printf 'attach.sh: %s\n' "$1" >&2
  exit 1
}

vsctl() { ovs-vsctl --timeout=15 "$@"; }

# Any version that the bridge may speak, before and after.
ofctl() { ovs-ofctl -O OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15 "$@"; }

# Prints a command as it can be typed, and runs it unless this is a dry run.
change() {
  line="+ ovs-$1"
  if [ "$1" = ofctl ]; then line="$line -O OpenFlow13"; fi
  for word in "$@"; do
    case $word in
      "$1") continue ;;
      *[!A-Za-z0-9_./:=,@+-]*) line="$line '$word'" ;;
      *) line="$line $word" ;;
    esac
  done
  say "$line"
  if [ "$dry_run" = no ]; then "$@" >/dev/null; fi
}

one_line() { printf '%s' "$1" | tr '\n' ' '; }

# secure, standalone or no: how this script attached the bridge.
attachment() {
  mark=$(vsctl br-get-external-id "$bridge" ballast-attached)
  echo "${mark:-no}"
}

bridge_column() { vsctl get bridge "$bridge" "$1" | tr -d '[]" '; }

configured_dpid() { vsctl --if-exists get bridge "$bridge" other_config:datapath-id | tr -d '"'; }

flows() { ofctl dump-flows "$bridge" "$1" | grep 'actions=' || true; }

count_rows() { flows "cookie=$OUR_FLOWS" | wc -l; }

# The row of a plain switch, and others: that one alone this script may have put there itself.
have_rows() {
  flows "cookie=$OUR_FLOWS,table=0" | grep -q 'priority=0 actions=NORMAL' && [ "$(count_rows)" -gt 1 ]
}

# Flows that are neither Ballast's nor Open vSwitch's own for a plain switch.
count_foreign() {
  ofctl dump-flows "$bridge" | grep 'actions=' |
    grep -vc -e 'cookie=0xba1[12][0-9a-f]\{12\},' -e 'cookie=0x0, .*table=0, .*priority=0 actions=NORMAL' || true
}

our_groups() {
  ofctl dump-groups "$bridge" | sed -n 's/.*group_id=\([0-9]*\),.*/\1/p' | while read -r group; do
    if [ "$((group >> 16))" -eq "$((OUR_GROUPS))" ]; then echo "$group"; fi
  done
}

# Addresses by which this node is reached over the bridge: of the bridge itself, and of ports that are interfaces.
own_addresses() {
  for device in "$bridge" $(vsctl list-ports "$bridge"); do
    ip -o addr show dev "$device" scope global 2>/dev/null | sed -n "s/.* inet6\{0,1\} \([^ ]*\) .*/\1 on $device/p"
  done | paste -sd ';' | sed 's/;/, /g'
}

# The interface by which packets leave for a target.
device_to() { ip -o route get "$(address_of "$1")" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p'; }

controller_ids() { vsctl get bridge "$bridge" controller | tr -d '[],'; }

# One column set after the other of each controller, as comma separated values.
list_controllers() {
  ids=$(controller_ids)
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || vsctl --format=csv --data=bare --no-headings "--columns=$1" list controller $ids
}
