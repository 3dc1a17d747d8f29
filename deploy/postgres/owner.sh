#!/bin/sh
# Once, when the server is new: the role that owns the hub's database, which may make roles and is no superuser.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set password="$DATABASE_OWNER_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
set log_statement = 'none';
set log_min_error_statement = 'panic';
create role sightline_owner login createrole nosuperuser nocreatedb password :'password';
create database sightline owner sightline_owner;
revoke all on database sightline from public;
SQL
