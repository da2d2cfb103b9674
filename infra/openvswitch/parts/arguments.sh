# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# What attach.sh is asked for.

usage() {
  cat <<'USAGE'
Usage: attach.sh BRIDGE --controller TARGET [--standby TARGET ...] [options]
       attach.sh BRIDGE --detach [--drop-foreign-flows] [--dry-run]

TARGET is where a flow manager listens: tls:ADDRESS[:PORT], or tcp:ADDRESS[:PORT] on this machine; the port is 6653.
An IPv6 address stands in brackets.

  --controller TARGET       the flow manager
  --standby TARGET          one that takes over when the first one is gone; the switch connects to all of them
  --ca FILE --cert FILE --key FILE
                            the CA that signed the flow manager's certificate; this switch's own certificate and key
  --fail-mode secure        (default) a bridge without rows passes nothing, as after a restart of the switch while no
                            flow manager is there
  --fail-mode standalone    a bridge without rows is a plain switch: for bridges that carry the node itself
                            (with either, rows that are there go on working while no flow manager is)
  --accept-cut-off          lets `secure` be set on a bridge that carries this node's own addresses
  --drop-foreign-flows      lets flows that are not Ballast's be deleted, where `secure` needs it
  --replace-ssl             replaces the TLS files that Open vSwitch has; they are the same for all bridges
  --allow-plain             lets a flow manager on another machine be reached without TLS
  --rate-limit N            packets a second that the switch may hand to a flow manager (default 10000)
  --burst-limit N           packets that may wait for that (default 1000)
  --inactivity-probe MS     silence after which the switch asks whether the flow manager is there (default 5000)
  --max-backoff MS          longest pause between attempts to connect (default 1000)
  --timeout S               how long to wait for the flow manager's rows (default 30)
  --interfaces              prints the lines for /etc/network/interfaces, and changes nothing
  --detach                  makes the bridge what it was before
  --dry-run                 prints what would be done
USAGE
}

parse() {
  bridge='' targets='' ca='' cert='' key='' fail_mode=secure detach=no dry_run=no interfaces=no
  accept_cut_off=no drop_foreign=no replace_ssl=no allow_plain=no
  rate_limit=10000 burst_limit=1000 inactivity_probe=5000 max_backoff=1000 timeout=30
  if [ $# -eq 0 ]; then usage >&2 && exit 2; fi
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --detach) detach=yes ;;
      --dry-run) dry_run=yes ;;
      --interfaces) interfaces=yes ;;
      --accept-cut-off) accept_cut_off=yes ;;
      --drop-foreign-flows) drop_foreign=yes ;;
      --replace-ssl) replace_ssl=yes ;;
      --allow-plain) allow_plain=yes ;;
      --controller | --standby | --ca | --cert | --key | --fail-mode | --rate-limit | --burst-limit | \
        --inactivity-probe | --max-backoff | --timeout)
        [ $# -gt 1 ] || refuse "Expected a value after $1, got nothing." "attach.sh --help tells which."
        take "$1" "$2"
        shift
        ;;
      -*) refuse "Expected a known option, got $1." "attach.sh --help lists them." ;;
      *)
        [ -z "$bridge" ] || refuse "Expected one bridge, got $bridge and $1." "Attach one after the other."
        bridge=$1
        ;;
    esac
    shift
  done
  [ -n "$bridge" ] || refuse "Expected the name of a bridge, got none." "Such as: attach.sh vmbr1 --controller tls:10.0.0.5"
  check_values
}

take() {
  case $1 in
    --controller | --standby) take_target "$2" ;;
    --ca) ca=$2 ;;
    --cert) cert=$2 ;;
    --key) key=$2 ;;
    --fail-mode) fail_mode=$2 ;;
    --rate-limit) rate_limit=$2 ;;
    --burst-limit) burst_limit=$2 ;;
    --inactivity-probe) inactivity_probe=$2 ;;
    --max-backoff) max_backoff=$2 ;;
    --timeout) timeout=$2 ;;
  esac
}

check_values() {
  [ "$detach" = no ] || return 0
  [ -n "$targets" ] || refuse "Expected where a flow manager listens, got no --controller." "Such as --controller tls:10.0.0.5:6653"
  case $fail_mode in
    secure | standalone) ;;
    *) refuse "Expected --fail-mode to be secure or standalone, got $fail_mode." "attach.sh --help tells what they mean." ;;
  esac
  whole --rate-limit "$rate_limit" 100
  whole --burst-limit "$burst_limit" 25
  whole --inactivity-probe "$inactivity_probe" 1000
  whole --max-backoff "$max_backoff" 1000
  whole --timeout "$timeout" 1
  # After all options: --allow-plain may come last.
  for target in $targets; do check_plain "$target"; done
}

whole() {
  case $2 in
    '' | *[!0-9]*) ;;
    *) if [ "$2" -ge "$3" ]; then return 0; fi ;;
  esac
  refuse "Expected $1 to be a whole number of at least $3, got $2." "Leave it out for the default."
}

# Adds to the targets, in Open vSwitch's notation: ssl:10.0.0.5:6653.
take_target() {
  wish="Expected tls:ADDRESS[:PORT] or tcp:ADDRESS[:PORT], got $1."
  case $1 in
    tls:* | ssl:*) scheme=ssl ;;
    tcp:*) scheme=tcp ;;
    *) refuse "$wish" "Such as tls:10.0.0.5:6653" ;;
  esac
  place=${1#*:}
  case $place in
    \[*\]:*) address=${place%:*} port=${place##*:} ;;
    \[*\]) address=$place port=6653 ;;
    *:*:*) refuse "$wish" "Put an IPv6 address in brackets: [$place]" ;;
    *:*) address=${place%:*} port=${place##*:} ;;
    *) address=$place port=6653 ;;
  esac
  is_address "$address" || refuse "Expected an address, got $address." \
    "A name would be asked for over the network that is being set up. Take what this prints: getent hosts $address"
  is_port "$port" || refuse "Expected a port from 1 to 65535, got $port." "OpenFlow's own is 6653."
  case " $targets " in
    *" $scheme:$address:$port "*) refuse "Expected each flow manager once, got $1 twice." "Leave one out." ;;
  esac
  targets="$targets${targets:+ }$scheme:$address:$port"
}

is_port() {
  case $1 in '' | *[!0-9]* | ??????*) return 1 ;; esac
  [ "$1" -ge 1 ] && [ "$1" -le 65535 ]
}

is_address() {
  case $1 in
    \[*\]) echo "$1" | grep -qE '^\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]$' ;;
    *) echo "$1" | grep -qE '^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.|$)){4}$' && [ "${1%.}" = "$1" ] ;;
  esac
}

check_plain() {
  case $1 in ssl:* | tcp:127.* | tcp:\[::1\]:*) return 0 ;; esac
  [ "$allow_plain" = yes ] ||
    refuse "Expected TLS on the way to another machine, got $1." \
      "Who can reach that port may take the bridge over: use tls:, or --allow-plain on a network that nobody else is on."
}

# The address of a target, without brackets.
address_of() {
  place=${1#*:}
  echo "${place%:*}" | tr -d '[]'
}
