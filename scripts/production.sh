#!/usr/bin/env bash
# Runs a management command under the settings of a production: those of .env.example, filled in,
# with a secret and an empty database of its own.
# usage: scripts/production.sh check --deploy
set -euo pipefail
cd "$(dirname "$0")/.."

set -a
. <(sed 's/="à compléter"/="Connu"/' .env.example)
SECRET_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')
DATABASE_URL=sqlite://:memory:
DEBUG=off
THROTTLE=on
set +a
exec .venv/bin/python manage.py "$@"
