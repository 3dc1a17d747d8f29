#!/usr/bin/env bash
# Makes an authority and a server certificate for each engine: deploy/make-certificates.sh FOLDER. An authority that is
# there is used again, so that the same command renews the certificates. As root it gives each key to the user whom
# that engine's image runs as. FOLDER/ca.key opens every connection between apps and engines: keep it elsewhere.
set -euo pipefail
umask 077
folder=${1:?Say in which folder the certificates go.}
days=${2:-397}
mkdir -p "$folder"
# The folder itself must be open to the apps, which read ca.crt in it as another user.
chmod 755 "$folder"

if [ ! -e "$folder/ca.crt" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Sightline engines' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
  chmod 644 "$folder/ca.crt"
fi

# certify SERVICE COMMON-NAME USER-ID
certify() {
  local to="$folder/$1"
  mkdir -p "$to"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
    -keyout "$to/server.key" -out "$to/server.csr" 2>/dev/null
  openssl x509 -req -in "$to/server.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -days "$days" \
    -set_serial "0x$(openssl rand -hex 16)" -out "$to/server.crt" -extfile /dev/stdin 2>/dev/null <<EXTENSIONS
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1
EXTENSIONS
  rm "$to/server.csr"
  cp "$folder/ca.crt" "$to/ca.crt"
  # Kafka takes key and certificate from one file.
  if [ "$1" = kafka ]; then cat "$to/server.key" "$to/server.crt" >"$to/keystore.pem"; fi
  if [ "$(id -u)" -eq 0 ]; then chown -R "$3:$3" "$to"; fi
}

certify postgres postgres 999
certify kafka kafka 1000
# EventStoreDB takes nodes of this name alone.
certify event-store eventstoredb-node 1000
echo "Certificates for postgres, kafka and event-store are in $folder."
