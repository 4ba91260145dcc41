# What a provider's driver does for the fragment, with its small environment. Called by run.sh with
# the folder, and `--shell` for a shell instead of the command.

_gp_here=$1
_gp_shell=${2-}
_gp_d=$_gp_here/replay/fragment
_gp_o=
if (set -o pipefail) 2>/dev/null; then _gp_o='-o pipefail'; fi
unset in out outdir tmp
set --
cd -- "$_gp_here/replay/shared" || exit 125

if [ -f "$_gp_here/setup.sh" ]; then
  (set -eu $_gp_o; . "$_gp_here/setup-variables.sh"; . "$_gp_here/setup.sh") </dev/null
  _gp_status=$?
  if [ "$_gp_status" -ne 0 ]; then
    echo '`setup` did not do well.' >&2
    exit "$_gp_status"
  fi
fi

if [ "$_gp_shell" ]; then
  . "$_gp_here/variables.sh"
  fragment_command=$_gp_here/command.sh
  export fragment_command _gp_d
  printf 'Everything is set as for the fragment. `sh -eu "$fragment_command"` runs it.\n' >&2
  exec /bin/sh
fi
(set -eu $_gp_o; . "$_gp_here/variables.sh"; . "$_gp_here/command.sh")
