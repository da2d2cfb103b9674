# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# What the bridge is set to.

# Sets the controllers, in one transaction with further settings of the bridge.
configure() {
  type=$1
  shift
  # shellcheck disable=SC2086 # a list of settings
  set -- set bridge "$bridge" "protocols=$PROTOCOLS" "other_config:datapath-id=$dpid" $marks "$@"
  number=0 names=''
  for target in $targets; do
    number=$((number + 1))
    names="$names${names:+,}@c$number"
    # shellcheck disable=SC2046 # a list of settings
    set -- "$@" -- "--id=@c$number" create controller "target=\"$target\"" $(controller_settings "$type")
  done
  change vsctl "$@" -- set bridge "$bridge" "controller=[$names]"
}

# service: one more that may talk to the switch. primary: one that it depends on, as fail_mode says.
controller_settings() {
  echo "type=$1 connection_mode=$band max_backoff=$max_backoff inactivity_probe=$inactivity_probe" \
    "controller_rate_limit=$rate_limit controller_burst_limit=$burst_limit"
}

type_of() { if [ "$1" = secure ]; then echo primary; else echo service; fi; }

# What the bridge was before is kept with the bridge. A second attachment keeps what the first one wrote down.
mark_as() {
  marks="external_ids:ballast-attached=$1"
  if [ "$attached" != no ]; then return 0; fi
  marks="$marks $(mark_before fail-mode "$(bridge_column fail_mode)")"
  marks="$marks $(mark_before protocols "$(bridge_column protocols | tr ',' '+')")"
  marks="$marks $(mark_before datapath-id "$(configured_dpid)")"
  if [ -n "$key" ] && [ -z "$(vsctl get-ssl)" ]; then marks="$marks $(mark_before ssl none)"; fi
}

mark_before() { [ -z "$2" ] || echo "external_ids:ballast-before-$1=$2"; }

set_ssl() {
  if [ -z "$key" ] || [ "$(vsctl get-ssl)" = "$(wanted_ssl)" ]; then return 0; fi
  change vsctl set-ssl "$key" "$cert" "$ca"
}

wanted_ssl() {
  printf 'Private key: %s\nCertificate: %s\nCA Certificate: %s\nBootstrap: false\n' "$key" "$cert" "$ca"
}

is_as_wanted() {
  [ "$attached" = "$fail_mode" ] || return 1
  [ -z "$key" ] || [ "$(vsctl get-ssl)" = "$(wanted_ssl)" ] || return 1
  settings=$(controller_settings "$(type_of "$fail_mode")" | sed 's/[a-z_]*=//g; s/ /,/g')
  wanted=$(for target in $targets; do echo "$target,$settings"; done | sort)
  columns=target,type,connection_mode,max_backoff,inactivity_probe,controller_rate_limit,controller_burst_limit
  [ "$(list_controllers "$columns" | sort)" = "$wanted" ] && have_rows
}

# ifupdown2 takes controllers and settings away with each reload, and sets these in the same transaction: the switch
# notices nothing.
print_interfaces() {
  number=0 names=''
  for target in $targets; do
    number=$((number + 1))
    names="$names${names:+,}@c$number"
    # ifupdown2 hands the line to a shell, and takes a backslash for the end of it.
    printf "    ovs_extra --id=@c%s create controller 'target=\"%s\"' %s\n" \
      "$number" "$target" "$(controller_settings "$(type_of "$fail_mode")")"
  done
  # shellcheck disable=SC2016 # ifupdown2 puts the name there
  printf '    ovs_extra set bridge ${IFACE} controller=[%s] fail_mode=%s protocols=%s' "$names" "$fail_mode" "$PROTOCOLS"
  printf ' other_config:datapath-id=%s external_ids:ballast-attached=%s' "$dpid" "$fail_mode"
  for mark in fail-mode protocols datapath-id ssl; do
    value=$(before "$mark")
    [ -z "$value" ] || printf ' external_ids:ballast-before-%s=%s' "$mark" "$value"
  done
  printf '\n'
}
