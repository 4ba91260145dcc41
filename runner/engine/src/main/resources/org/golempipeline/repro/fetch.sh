# Fetches with curl what a provider fetches from the web itself. Read by run.sh.

# A file, the SHA3 it must have, and where it is. What is there already is not fetched again.
_gp_fetch() {
  if [ -f "$1" ]; then
    return
  fi
  rm -f fetching
  mkdir -p -- "${1%/*}" || return
  if ! curl -gfsSL --proto =http,https -o fetching -- "$3"; then
    printf 'Could not fetch %s.\n' "$3" >&2
    return 1
  fi
  if ! _gp_sha3=$(openssl dgst -sha3-224 -r <fetching 2>/dev/null); then
    printf 'Not checked, there is no openssl that knows SHA3: %s\n' "$3" >&2
  elif [ "${_gp_sha3%% *}" != "$2" ]; then
    printf 'What is at %s has the SHA3 %s and not %s.\n' "$3" "${_gp_sha3%% *}" "$2" >&2
    return 1
  fi
  mv -- fetching "$1"
}

