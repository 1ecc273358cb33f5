#!/bin/sh
# Lays configurations and the deployment's files where each process finds them: one owner each, nothing that others can read.
# It may run again at every start; it never makes, moves or removes what a process wrote.
set -eu

setup=${SETUP:-/setup}
state=${STATE:-/var/lib/countersign}
run=${RUN:-/run/countersign}

# place OWNER MODE FILE TARGET: only when the operator laid it there; a copy that is the same is laid again.
place() {
  if [ -e "$3" ]; then
    install -o "${1%:*}" -g "${1#*:}" -m "$2" "$3" "$4"
  fi
}

folder() {
  install -d -o "${1%:*}" -g "${1#*:}" -m "$2" "$3"
}

gate=10001:10000
serve=10002:10000
witness=10003:10003

folder $gate 0700 "$state/gate"
folder $gate 0700 "$state/token"
folder $gate 0750 "$run"
place $gate 0600 "$setup/config/gate.yaml" "$state/gate/gate.yaml"
place $gate 0600 "$setup/deployment/genesis.json" "$state/gate/genesis.json"

folder $serve 0700 "$state/serve"
place $serve 0600 "$setup/config/serve.yaml" "$state/serve/serve.yaml"
place $serve 0600 "$setup/deployment/genesis.json" "$state/serve/genesis.json"
place $serve 0600 "$setup/deployment/witness.crt" "$state/serve/witness.crt"
if [ -e "$setup/deployment/postgres.password" ]; then
  umask 077
  printf 'postgres:5432:countersign:countersign:%s\n' "$(cat "$setup/deployment/postgres.password")" >"$state/serve/pgpass"
  chown $serve "$state/serve/pgpass"
  chmod 0600 "$state/serve/pgpass"
fi

folder $witness 0700 "$state/witness"
place $witness 0600 "$setup/config/witness.yaml" "$state/witness/witness.yaml"
place $witness 0600 "$setup/deployment/genesis.json" "$state/witness/genesis.json"
place $witness 0600 "$setup/deployment/witness.crt" "$state/witness/witness.crt"
place $witness 0600 "$setup/deployment/witness.tls.key" "$state/witness/witness.tls.key"

for number in 1 2; do
  observer=1000$((number + 3)):1000$((number + 3))
  folder $observer 0700 "$state/observer-$number"
  place $observer 0600 "$setup/config/observer-$number.yaml" "$state/observer-$number/observer.yaml"
  place $observer 0600 "$setup/deployment/genesis.json" "$state/observer-$number/genesis.json"
  place $observer 0600 "$setup/deployment/observer-$number.json" "$state/observer-$number/credential.json"
done
