#!/usr/bin/env bash
# Brings in the named Debian packages where this is root on Debian; elsewhere names those lacking.
# Never fails: what needs a missing package says so itself.
set -euo pipefail

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v apt-get >/dev/null; then
  echo "No apt-get here; on Debian these packages would be used: $*" >&2
  exit 0
fi

lacking=()
for package in "$@"; do
  is_installed "$package" || lacking+=("$package")
done
[ ${#lacking[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "Not installed, and only root can: apt-get install ${lacking[*]}" >&2
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
install_lacking() {
  apt-get install -qq --yes --no-install-recommends -o DPkg::Lock::Timeout=300 \
    "${lacking[@]}" >/dev/null
}
install_lacking 2>/dev/null || { apt-get update -qq && install_lacking; } ||
  echo "apt-get could not install: ${lacking[*]}" >&2
