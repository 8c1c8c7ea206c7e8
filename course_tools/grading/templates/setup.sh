#!/usr/bin/env bash
# Make $AUTOGRADER/venv ready: a Python of 3.11 or later and the pinned packages, torch without GPU.
# The platform runs this once, as root, when it builds the image.
set -euo pipefail
AUTOGRADER=${AUTOGRADER:-/autograder}
source=$AUTOGRADER/source
venv=$AUTOGRADER/venv

# libseccomp2 and bubblewrap keep student code apart; without them a weaker way is chosen, or none.
apt-get update -qq
apt-get install -y -qq libseccomp2 bubblewrap

python=
for candidate in python3 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then # Ubuntu 22.04 comes with 3.10, and has 3.11 among its packages
  apt-get install -y -qq python3.11 python3.11-venv
  python=python3.11
fi

"$python" -m venv "$venv"
pip="$venv/bin/python -m pip --disable-pip-version-check install --no-cache-dir -q"
$pip --no-deps --index-url https://download.pytorch.org/whl/cpu "$(grep '^torch==' "$source/requirements.txt")"
$pip -r "$source/requirements.txt"

chmod 700 "$source"
chmod 600 "$source/seed"
