# What `/bin/sh -c` gets as its text; full-line comments are taken out before it is sent.
# $1 folder, $2 number of the batch, $3 seconds a fragment may take, $4 blocks of the archive's
# index, $5 number of the stage if its shared files came along, else empty, $6 blocks of their
# archive's index. Names begin with _gp_ because no variable of a user does.

cd "$1" || exit 3
exec </dev/null
_gp_root=$1
_gp_n=$2
_gp_b=$1/b$2
_gp_limit=$3

# The watchdog. It says every ten seconds that the batch is alive, which fragment is at work, if one
# is, and for how many seconds at least. It notes what memory that fragment has used, and kills it if
# it is still the same after its limit; as each look costs a process, it looks every second only
# where the limit is short. The file `now` says whether there are fragments to watch, and the
# watchdog's own process. Ends with the driver, even if that was killed; its sleep holds no pipe, so
# nobody waits for it, and is killed for good: a process that has just been forked for it would miss
# a milder signal.
(
  trap 'kill -9 $!; exit 0' TERM
  _gp_pause=10
  [ "$_gp_limit" -ge 100 ] || _gp_pause=1
  _gp_seconds=0
  _gp_at=
  while kill -0 $$; do
    sleep $_gp_pause >/dev/null &
    wait $! || exit 0
    _gp_seconds=$((_gp_seconds + _gp_pause))
    _gp_doing=
    [ ! -f "$_gp_b/now" ] || read -r _gp_doing _gp_me <"$_gp_b/now"
    if [ "$_gp_doing" != fragments ]; then
      [ $((_gp_seconds % 10)) -ne 0 ] || echo alive
      continue
    fi
    if [ -z "$_gp_at" ]; then
      . "$_gp_b/watch.sh"
      exec 3<"$_gp_b/records"
      _gp_at=0
      _gp_ran=-$_gp_pause
      _gp_most=0
    fi
    _gp_ran=$((_gp_ran + _gp_pause))
    _gp_catch_up
    [ $((_gp_seconds % 10)) -ne 0 ] || echo "alive $_gp_at $_gp_ran"
    _gp_note_peak
    [ "$_gp_ran" -lt "$_gp_limit" ] || _gp_kill
  done
) 2>/dev/null &
_gp_dog=$!

# Ends the watchdog, then the batch.
_gp_end() {
  { kill "$_gp_dog"; wait "$_gp_dog"; } 2>/dev/null
  exit "$1"
}

_gp_broken() {
  echo "golem-pipeline: $1" >&2
  _gp_end 3
}

_gp_tar=
if command -v tar >/dev/null 2>&1; then _gp_tar=yes; fi

# Unpacks the archive $1 whose members lie below $2, and empties it: that starts no program, and
# gives its space back as well. The batch removes it in the end.
_gp_unpack() {
  _gp_x=
  IFS= read -r _gp_x <"$1"
  case $_gp_x in
    "$2/"*) ;;
    *) _gp_broken "$1 is the archive of another batch, not of $2" ;;
  esac
  if [ "$_gp_tar" ]; then
    tar -xof "$1" || _gp_broken "could not unpack $1"
  else
    dd if="$1" bs=512 skip=1 count="$3" >"$1.sh" 2>/dev/null || _gp_broken "could not read $1"
    _gp_archive=$1
    _gp_base=$(($3 + 1))
    . "./$1.sh"
  fi
  : >"$1" || _gp_broken "could not empty $1"
}

# What a batch left that was broken off. What was fetched for this one is there already.
for _gp_x in b[0-9]* web-*; do
  case $_gp_x in
    "web-$2-"*) ;;
    *) [ ! -e "$_gp_x" ] || rm -rf "$_gp_x" ;;
  esac
done
for _gp_x in out-*.tar; do
  [ ! -e "$_gp_x" ] || : >"$_gp_x"
done
[ -z "$5" ] || _gp_unpack "shared-$5.tar" "u$5" "$6"
_gp_unpack "in-$2.tar" "b$2" "$4"
# The archive's last member: if it is there, so are the others.
[ -s "$_gp_b/driver.sh" ] || _gp_broken "in-$2.tar is not whole"
. "$_gp_b/driver.sh"
