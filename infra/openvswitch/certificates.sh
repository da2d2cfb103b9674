#!/bin/sh
# Makes the certificates with which switches and flow managers know each other: one authority, and one certificate for
# each switch and flow manager. Open vSwitch looks at the authority alone and at no name, so this one is for nothing else.
set -eu
umask 077

usage() {
  cat <<'USAGE'
Usage: certificates.sh authority DIR [--days N]
       certificates.sh flow-manager DIR NAME [--days N]
       certificates.sh switch DIR NAME [--days N]

DIR/ca.crt and DIR/ca.key are the authority: keep DIR on a machine that is neither a node nor a flow manager.
DIR/NAME.crt and DIR/NAME.key go to the one they are for, with ca.crt. They last for 3650 and 825 days.
USAGE
}

refuse() {
  printf 'certificates.sh: %s\n  %s\n' "$1" "$2" >&2
  exit 2
}

main() {
  case ${1-} in
    authority) [ $# -ge 2 ] || misused ;;
    flow-manager | switch) [ $# -ge 3 ] || misused ;;
    --help | -h) usage && exit 0 ;;
    *) misused ;;
  esac
  kind=$1 directory=$2
  shift 2
  name=ca days=3650
  if [ "$kind" != authority ]; then name=$1 days=825 && shift; fi
  if [ $# -gt 0 ]; then
    if [ "$1" != --days ] || [ $# -ne 2 ]; then misused; fi
    days=$2
  fi
  check
  if [ "$kind" = authority ]; then make_authority; else make_certificate; fi
  chmod 644 "$directory/$name.crt"
  printf 'Made %s, valid until %s.\n' "$directory/$name.crt" \
    "$(openssl x509 -in "$directory/$name.crt" -noout -enddate | cut -d = -f 2)"
}

misused() {
  usage >&2
  exit 2
}

check() {
  command -v openssl >/dev/null || refuse "Expected openssl, found none." "apt install openssl"
  case $days in
    '' | 0* | *[!0-9]*) refuse "Expected --days to be a whole number, got $days." "Leave it out for the default." ;;
  esac
  case $name in
    *[!A-Za-z0-9.-]* | -* | .*) refuse "Expected a name of letters, digits, dots and hyphens, got $name." "Such as pve1." ;;
  esac
  [ ! -e "$directory/$name.key" ] || refuse "$directory/$name.key is there already." \
    "Whoever has it would no longer be let in if it were made anew. Move it away first, if that is meant."
  [ "$kind" = authority ] || [ -r "$directory/ca.key" ] || refuse "Expected $directory/ca.key, found none." \
    "certificates.sh authority $directory"
}

make_authority() {
  mkdir -p "$directory"
  new_key
  openssl req -x509 -new -key "$directory/ca.key" -days "$days" -subj "/O=Ballast/CN=OpenFlow of this cluster" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign \
    -out "$directory/ca.crt"
}

# A switch cannot pass for a flow manager: each certificate is good for its own end alone.
make_certificate() {
  usage=clientAuth
  if [ "$kind" = flow-manager ]; then usage=serverAuth; fi
  new_key
  openssl req -new -key "$directory/$name.key" -subj "/O=Ballast/OU=$kind/CN=$name" |
    openssl x509 -req -CA "$directory/ca.crt" -CAkey "$directory/ca.key" -days "$days" -set_serial "0x$(openssl rand -hex 16)" \
      -extfile "$(extensions)" -out "$directory/$name.crt" 2>/dev/null
  rm -f "$directory/$name.ext"
}

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$directory/$name.key"; }

extensions() {
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$usage" \
    >"$directory/$name.ext"
  printf '%s\n' "$directory/$name.ext"
}

main "$@"
