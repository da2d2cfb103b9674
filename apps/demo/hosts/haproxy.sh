#!/bin/sh
# HAProxy that ends with the process that has started it, for whatever reason that one ends.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" exec setpriv --pdeathsig KILL haproxy "$@"
