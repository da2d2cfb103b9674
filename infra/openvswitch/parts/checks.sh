# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# What must be so before anything is changed.

check_bridge() {
  command -v ovs-vsctl >/dev/null ||
    refuse "Expected Open vSwitch, found no ovs-vsctl." "apt install openvswitch-switch"
  said=$(vsctl show 2>&1) ||
    refuse "Expected Open vSwitch to answer, got: $(one_line "$said")" "As root: systemctl start openvswitch-switch"
  vsctl br-exists "$bridge" || refuse_stranger
  parent=$(vsctl br-to-parent "$bridge")
  [ "$parent" = "$bridge" ] || refuse "Expected a bridge of its own, got $bridge, a VLAN of $parent." "Attach $parent."
  dpid=$(bridge_column datapath_id)
  [ -n "$dpid" ] || refuse "Expected $bridge to have a datapath id, got none." "Does ovs-vswitchd run?"
  attached=$(attachment)
}

refuse_stranger() {
  cure="Its bridges are: $(one_line "$(vsctl list-br)")"
  if [ -d "/sys/class/net/$bridge/bridge" ]; then
    cure="It is a Linux bridge: make an OVS bridge in its place, README.md tells how."
  fi
  refuse "Expected a bridge of Open vSwitch, got $bridge." "$cure"
}

# Open vSwitch has one set of TLS files for all of its bridges.
check_tls() {
  case $targets in
    *ssl:*) ;;
    *) ca='' cert='' key='' && return 0 ;;
  esac
  current=$(vsctl get-ssl)
  if [ -z "$key$cert$ca" ] && [ -n "$current" ]; then return 0; fi
  check_file --ca "$ca"
  check_file --cert "$cert"
  check_file --key "$key"
  ca=$(realpath "$ca") cert=$(realpath "$cert") key=$(realpath "$key")
  openssl x509 -in "$cert" -noout -checkend 0 >/dev/null 2>&1 ||
    refuse "Expected a certificate that is valid now, got $cert." "openssl x509 -in $cert -noout -dates"
  openssl x509 -in "$ca" -noout -checkend 0 >/dev/null 2>&1 ||
    refuse "Expected the certificate of an authority that is valid now, got $ca." "openssl x509 -in $ca -noout -dates"
  # It need not come from the same authority: ovs-pki has one for each end.
  openssl x509 -in "$cert" -noout -purpose | grep -q '^SSL client : Yes' ||
    refuse "Expected a certificate for a switch, got $cert, which is for a flow manager alone." "certificates.sh switch makes one."
  [ "$(openssl x509 -in "$cert" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout 2>/dev/null)" ] ||
    refuse "Expected $key to be the key of $cert, and it is not." "They are made together: certificates.sh switch"
  case $(stat -Lc %a "$key") in
    *00) ;;
    *) refuse "Expected a key that its owner alone can read, got $key of mode $(stat -Lc %a "$key")." "chmod 600 $key" ;;
  esac
  if [ -n "$current" ] && [ "$current" != "$(wanted_ssl)" ] && [ "$replace_ssl" = no ]; then
    refuse "Open vSwitch has other TLS files already: $(one_line "$current")" \
      "Leave out --ca, --cert and --key to use those; --replace-ssl replaces them for every bridge of this node."
  fi
}

check_file() {
  [ -n "$2" ] || refuse "Expected --ca, --cert and --key for a flow manager behind TLS, got no $1." "certificates.sh makes them."
  [ -f "$2" ] || refuse "Expected $1 to name a file that there is, got $2." "certificates.sh makes them."
}

# How the flow manager is reached, and what that means where the bridge passes nothing without rows.
check_way() {
  band=out-of-band
  own=$(own_addresses)
  if [ "$fail_mode" = standalone ] || [ -z "$own" ]; then return 0; fi
  [ "$accept_cut_off" = yes ] ||
    refuse "$bridge carries this node's own addresses ($own): with fail_mode secure the node is cut off whenever the switch starts while no flow manager is there." \
      "Use --fail-mode standalone; or --accept-cut-off, if the node has a console and you know the way to it."
  say "Warning: $bridge carries this node's own addresses ($own), and without rows it passes nothing."
  for target in $targets; do check_band "$target"; done
}

# In band, the switch lets the flow manager's own connection through without rows, but by its own interface alone.
check_band() {
  device=$(device_to "$1")
  if [ "$device" = "$bridge" ]; then
    band=in-band
    say "Warning: $1 is reached over $bridge, so control is in band: hosts that ask with the MAC of this node, of the flow manager or of the router to it get no answer for virtual IPs."
    return 0
  fi
  for port in $(vsctl list-ports "$bridge"); do
    [ "$device" != "$port" ] ||
      refuse "The way to $1 leads over $port, a port of $bridge: with fail_mode secure a switch that starts without rows never gets there." \
        "Use --fail-mode standalone."
  done
}

check_owner() {
  if [ "$attached" = no ]; then
    others=$(vsctl get-controller "$bridge")
    [ -z "$others" ] || refuse "$bridge has a controller already: $(one_line "$others")." \
      "Two that know nothing of each other would fight. If it is not needed: ovs-vsctl del-controller $bridge"
    if [ "$fail_mode" = standalone ] && [ "$(bridge_column fail_mode)" = secure ]; then
      refuse "$bridge has fail_mode secure already, and to change that deletes its flows." \
        "If nobody needs them: ovs-vsctl set-fail-mode $bridge standalone"
    fi
  fi
  # Open vSwitch deletes all flows with the first controller that a bridge depends on, and with the last.
  if [ "$fail_mode" = "$attached" ] || [ "$fail_mode$attached" = standaloneno ]; then return 0; fi
  check_foreign "fail_mode $fail_mode"
}

check_foreign() {
  count=$(count_foreign)
  if [ "$count" -eq 0 ] || [ "$drop_foreign" = yes ]; then return 0; fi
  refuse "On the way to $1 all flows of $bridge are deleted, and $count of them are not Ballast's." \
    "See: ovs-ofctl -O OpenFlow13 dump-flows $bridge. --drop-foreign-flows lets them go."
}
