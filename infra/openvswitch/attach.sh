#!/bin/sh
# Attaches an Open vSwitch bridge of a Proxmox VE node to Ballast's flow manager, and detaches it again.
# README.md beside this file tells why the steps come in this order.
# shellcheck source-path=SCRIPTDIR
set -eu

PARTS=$(dirname "$(realpath "$0")")/parts
# shellcheck source=parts/switch.sh
. "$PARTS/switch.sh"
# shellcheck source=parts/arguments.sh
. "$PARTS/arguments.sh"
# shellcheck source=parts/checks.sh
. "$PARTS/checks.sh"
# shellcheck source=parts/settings.sh
. "$PARTS/settings.sh"
# shellcheck source=parts/restore.sh
. "$PARTS/restore.sh"

main() {
  parse "$@"
  check_bridge
  if [ "$detach" = yes ]; then
    detach_bridge
    return 0
  fi
  check_tls
  check_way
  if [ "$interfaces" = yes ]; then
    print_interfaces
    return 0
  fi
  check_owner
  if is_as_wanted; then
    say "$bridge is attached already and has its rows. Nothing was changed."
    return 0
  fi
  if [ "$fail_mode" = secure ]; then attach_secure; else attach_standalone; fi
  report
}

# As a service controller: Open vSwitch deletes no flow for it, and the row by which the bridge is a plain switch is
# replaced by Ballast's in one step. Without rows, as after a restart, Open vSwitch puts its own there.
attach_standalone() {
  mark_as standalone
  if [ "$attached" = secure ]; then
    # With the last controller it depends on, the bridge gets the row of a plain switch at once.
    change vsctl clear bridge "$bridge" controller -- set bridge "$bridge" fail_mode=standalone
  fi
  try_out fail_mode=standalone
}

# First the way that risks nothing: it shows that the flow manager is there, lets this switch in and sends rows. Only
# then does the bridge come to depend on it, for which Open vSwitch deletes all flows once.
attach_secure() {
  if [ "$attached" = secure ]; then
    mark_as secure
    set_ssl
    configure primary fail_mode=secure
    wait_for_rows || give_up
    return 0
  fi
  mark_as standalone
  try_out
  change vsctl clear bridge "$bridge" controller
  # Until there are rows again the bridge passes nothing: nobody may interrupt.
  trap '' HUP INT TERM
  marks="external_ids:ballast-attached=secure"
  configure primary fail_mode=secure
  # The very row that the flow manager sends: whoever is first, it stays.
  change ofctl add-flow "$bridge" "$BASE_ROW"
  wait_for_rows || give_up
  trap - HUP INT TERM
}

try_out() {
  set_ssl
  configure service "$@"
  wait_for_rows || give_up
}

wait_for_rows() {
  if [ "$dry_run" = yes ]; then
    say "  (then wait for the flow manager's rows, for at most $timeout s, and undo this if they do not come)"
    return 0
  fi
  end=$(($(date +%s) + timeout))
  until have_rows; do
    if [ "$(date +%s)" -ge "$end" ]; then return 1; fi
    sleep 0.05
  done
}

report() {
  if [ "$dry_run" = no ]; then say "$bridge is attached: fail_mode $fail_mode, $(count_rows) rows."; fi
  say "So that it outlives \`ifreload -a\`, put these lines below \"iface $bridge\" in /etc/network/interfaces:"
  print_interfaces
}

main "$@"
