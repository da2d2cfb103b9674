# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# Back to what the bridge was.

detach_bridge() {
  if [ "$attached" = no ] && [ "$(count_rows)" -eq 0 ]; then
    say "$bridge is not attached. Nothing was changed."
    return 0
  fi
  others=$(vsctl get-controller "$bridge")
  [ "$attached" != no ] || [ -z "$others" ] ||
    refuse "Expected $bridge to have no controller, for it is not attached, got $(one_line "$others")." \
      "Ballast's rows there are that one's. Remove it first: ovs-vsctl del-controller $bridge"
  [ "$attached" != secure ] || check_foreign "what it was before"
  restore
  if [ "$dry_run" = yes ]; then return 0; fi
  mode=$(bridge_column fail_mode)
  say "$bridge is detached: fail_mode ${mode:-standalone, the default}."
  say "Ballast's ovs_extra lines below \"iface $bridge\" in /etc/network/interfaces would attach it again: remove them."
}

# Open vSwitch deletes all flows with the last controller that a bridge depends on, and puts the row of a plain switch
# there in the same step. With service controllers nothing is deleted, and Ballast's rows have to be.
restore() {
  if [ "$attached" != no ]; then restore_settings; fi
  if [ "$attached" = secure ] && [ "$dry_run" = yes ]; then return 0; fi
  if [ "$(count_rows)" -eq 0 ]; then return 0; fi
  groups=$(our_groups)
  # First the row of a plain switch in the place of Ballast's, then all others.
  change ofctl add-flow "$bridge" "table=0,priority=0,actions=NORMAL"
  change ofctl del-flows "$bridge" "cookie=$OUR_FLOWS"
  change ofctl del-flows "$bridge" "cookie=$LEARNED_FLOWS"
  for group in $groups; do change ofctl del-groups "$bridge" "group_id=$group"; done
}

restore_settings() {
  mode=$(before fail-mode) protocols=$(before protocols | tr '+' ',') id=$(before datapath-id) ssl=$(before ssl)
  set -- clear bridge "$bridge" controller fail_mode protocols -- remove bridge "$bridge" other_config datapath-id
  for mark in attached before-fail-mode before-protocols before-datapath-id before-ssl; do
    set -- "$@" -- remove bridge "$bridge" external_ids "ballast-$mark"
  done
  [ -z "$mode" ] || set -- "$@" -- set bridge "$bridge" "fail_mode=$mode"
  [ -z "$protocols" ] || set -- "$@" -- set bridge "$bridge" "protocols=$protocols"
  [ -z "$id" ] || set -- "$@" -- set bridge "$bridge" "other_config:datapath-id=$id"
  change vsctl "$@"
  if [ "$ssl" = none ] && [ "$dry_run" = no ] && ! uses_ssl; then change vsctl del-ssl; fi
}

before() { vsctl br-get-external-id "$bridge" "ballast-before-$1"; }

# Whether anything else in this Open vSwitch needs its TLS files.
uses_ssl() {
  { vsctl --bare --columns=target list controller && vsctl --bare --columns=target list manager; } | grep -q 'ssl:'
}

# The flow manager did not come, or sent nothing.
give_up() {
  why=$(why_not)
  if [ "$attached" = no ]; then
    attached=$(attachment)
    restore
    fail "No rows of a flow manager within $timeout s: $bridge is what it was before. $why"
  fi
  fail "No rows of a flow manager within $timeout s: $bridge has its new settings, and $(count_rows) rows. $why"
}

why_not() {
  list_controllers target,is_connected,status | while IFS=, read -r target connected status; do
    error=$(echo "$status" | sed -n 's/.*last_error="\{0,1\}\([^="]*\)"\{0,1\} [a-z_]*=.*/ (\1)/p')
    if [ "$connected" = true ]; then
      say "$target is connected and sent none: another flow manager leads, or this one knows of no service while the switch carries some."
    else
      say "$target is not connected$error: does one listen there, is there a firewall between, do the certificates fit?"
    fi
  done | paste -sd ' '
}
