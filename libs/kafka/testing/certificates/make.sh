#!/bin/sh
# Makes the certificates of this folder, which tests alone use: an authority, a broker on this machine, two clients, and an
# authority that nobody trusts. They are valid from 2020 to 2120.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cat >"$work/ca.cnf" <<EOF
[ca]
default_ca = own
[own]
database = $work/index
serial = $work/serial
new_certs_dir = $work
policy = any
default_md = sha256
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
[broker]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[client]
extendedKeyUsage = clientAuth
EOF
: >"$work/index"
echo 01 >"$work/serial"
# $1: name, $2: extensions, and how it is signed
certify() {
  name=$1
  extensions=$2
  shift 2
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 >"$work/$name.key"
  openssl req -new -key "$work/$name.key" -subj "/CN=$name" -out "$work/$name.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$extensions" -in "$work/$name.csr" -out "$work/$name.crt" \
    -startdate 20200101000000Z -enddate 21200101000000Z "$@"
}
for name in authority stranger; do
  certify $name authority -selfsign -keyfile "$work/$name.key"
  cp "$work/$name.crt" .
done
for name in broker client-one client-two; do
  case $name in broker) extensions=broker ;; *) extensions=client ;; esac
  certify $name "$extensions" -cert authority.crt -keyfile "$work/authority.key"
  # Kafka reads both from one file.
  cat "$work/$name.key" "$work/$name.crt" >"$name.pem"
done
