#!/bin/sh
# Replays the fragment of this folder as a provider would run it; README.txt says what is what.
#   ./run.sh          runs it, says where log and output are, exits with its status
#   ./run.sh --shell  opens a shell in which everything is set; `sh -eu "$fragment_command"` runs it
#   --in host         does that with this machine's own programs, if there is an image
# Each time it begins afresh in `replay`, with a copy of what is in `given`.

_gp_shell=
_gp_where=@WHERE@
while [ "$#" -gt 0 ]; do
  case "$1 ${2-}" in
    '--shell '*) _gp_shell=--shell ;;
    '--in host' | '--in @WHERE@')
      _gp_where=$2
      shift
      ;;
    *)
      echo 'usage: ./run.sh [--shell] [--in host]' >&2
      exit 2
      ;;
  esac
  shift
done

unset CDPATH
# The x keeps line ends at the end of a folder's name.
_gp_x=$(dirname -- "$0" && echo x) || exit 125
cd -- "${_gp_x%?x}" || exit 125
_gp_x=$(pwd -P && echo x) || exit 125
_gp_here=${_gp_x%?x}

if [ -f fetch.sh ]; then
  . ./fetch.sh || exit 125
fi
rm -rf replay && cp -R given replay || exit 125

@SECRETS@
# Runs what a provider's driver does, with a word more or none.
_gp_run() {
@RUN@
}

if [ "$_gp_shell" ]; then
  _gp_run --shell
  exit
fi
_gp_log=$_gp_here/replay/log
_gp_out=$_gp_here/replay/@OUTPUT@
_gp_run </dev/null >"$_gp_log" 2>&1
_gp_status=$?

tail -n 20 "$_gp_log" | awk '{ print "  | " $0 }'
printf 'log: %s\n' "$_gp_log"
if [ "$_gp_status" -ne 0 ]; then
  printf 'It exited with %s.\n' "$_gp_status"
elif [ ! @KIND@ "$_gp_out" ]; then
  echo 'It succeeded but left no output.'
else
  printf 'output: %s\n' "$_gp_out"
  if [ -f accept.sh ]; then
    (
      set -eu
      if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
      . ./accept-variables.sh
      cd replay
      . ../accept.sh
    ) </dev/null
    _gp_accept=$?
    if [ "$_gp_accept" -ne 0 ]; then
      printf '`accept` rejects the output: it exited with %s.\n' "$_gp_accept"
      exit 1
    fi
    echo '`accept` is content with the output.'
  fi
fi
exit "$_gp_status"
