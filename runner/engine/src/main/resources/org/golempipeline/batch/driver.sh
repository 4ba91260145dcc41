# Runs the fragments of a batch one after the other and packs what they leave. Sourced by the
# bootstrap. A fragment's failure is a line in `records`; an exit status other than 0 means that the
# batch as a whole is of no use. `batch.sh` holds what differs from batch to batch and calls the
# functions here. A fragment costs one fork besides its own command, so nothing in its path starts
# a program.

unset in out outdir tmp
_gp_o=
if (set -o pipefail) 2>/dev/null; then _gp_o='-o pipefail'; fi
_gp_newline='
'
_gp_failed=' '
_gp_tmp=
_gp_entered=
# Logs are numbered. One that stayed empty serves the next fragment too: making files is what costs
# most on many file systems.
_gp_logs=0
_gp_log=$_gp_b/log.0
# Where the system says how long it has been up; empty if it does not.
_gp_clock=/proc/uptime
[ -r "$_gp_clock" ] || _gp_clock=
_gp_up=

# Puts the fetched file $2 in the place of the empty file $3: with `mv`, or `cp` if it belongs to
# other places too.
_gp_place() {
  "$1" -f "$2" "$3" || _gp_broken "could not put $2 into $3"
}

# Enters the folder of stage $1.
_gp_stage() {
  [ -d "$_gp_root/s$1" ] || mkdir -p "$_gp_root/s$1"
  cd "$_gp_root/s$1" && _gp_entered=yes
}

# Tells the watchdog what is going on.
_gp_now() {
  echo "$1 $_gp_dog" >"$_gp_b/now"
}

# Notes where the clocks stand before the first fragment.
_gp_begin() {
  [ -z "$_gp_clock" ] || read -r _gp_up _gp_x <"$_gp_clock"
  {
    echo "begin ${_gp_up}s"
    times
  } >>"$_gp_b/records"
}

_gp_next() {
  _gp_i=$1
  _gp_d=$_gp_b/$1
}

# Notes that the fragment ended with status $1, which log is its own, and where the clocks stand:
# that of the system, and those of the processes that ended. 137 is what a killed process leaves,
# whoever did it.
_gp_done() {
  _gp_status=$1
  if [ "$1" -ne 0 ]; then
    _gp_failed="$_gp_failed$_gp_i "
    if [ "$1" -eq 137 ] && [ -f "$_gp_d/late" ]; then _gp_status=timeout; fi
  fi
  _gp_own=-
  if [ -s "$_gp_log" ]; then
    _gp_own=$_gp_logs
    _gp_logs=$((_gp_logs + 1))
    _gp_log=$_gp_b/log.$_gp_logs
  fi
  [ -z "$_gp_clock" ] || read -r _gp_up _gp_x <"$_gp_clock"
  {
    echo "$_gp_i $_gp_status $_gp_own $_gp_up"
    times
  } >>"$_gp_b/records"
  [ -z "$_gp_tmp" ] || rm -rf "$_gp_d/tmp"
}

# Notes the peaks that the watchdog saw: of each fragment the last one.
_gp_note_peaks() {
  _gp_x=
  while read -r _gp_i _gp_peak; do
    case $_gp_x in
      "$_gp_i "* | '') ;;
      *) echo "peak $_gp_x" ;;
    esac
    _gp_x="$_gp_i $_gp_peak"
  done
  [ -z "$_gp_x" ] || echo "peak $_gp_x"
}

# Notes that setup ended with status $1; false if the fragments must not run.
_gp_prepared() {
  [ "$1" -eq 0 ] || echo "setup $1" >>"$_gp_b/records"
  return "$1"
}

# Whether the fragment $_gp_i succeeded and left something.
_gp_has_output() {
  case $_gp_failed in
    *" $_gp_i "*) return 1 ;;
  esac
  [ "$_gp_kind" "$_gp_b/$_gp_i/$_gp_out" ]
}

# An output is a plain file of the fragment's own, or a folder of such: what a link leads to is not.
_gp_check_kind() {
  case $_gp_failed in
    *" $_gp_i "*) return ;;
  esac
  _gp_x=$_gp_b/$_gp_i/$_gp_out
  if [ -h "$_gp_x" ]; then
    _gp_is=link
  elif [ "$_gp_kind" "$_gp_x" ] || ! [ -e "$_gp_x" ]; then
    return 0
  elif [ -d "$_gp_x" ]; then
    _gp_is=folder
  elif [ -f "$_gp_x" ]; then
    _gp_is=file
  elif [ -p "$_gp_x" ]; then
    _gp_is=pipe
  else
    _gp_is=device
  fi
  _gp_failed="$_gp_failed$_gp_i "
  echo "$_gp_i $_gp_is" >>"$_gp_b/records"
}

# Notes that what the fragment $_gp_i left cannot be sent, for the reason in the unused log.
_gp_unpackable() {
  _gp_failed="$_gp_failed$_gp_i "
  echo "$_gp_i unpackable $_gp_logs" >>"$_gp_b/records"
  _gp_logs=$((_gp_logs + 1))
  _gp_log=$_gp_b/log.$_gp_logs
}

# Calls $2 with $_gp_i from 0 up to $1.
_gp_each() {
  _gp_i=0
  while [ "$_gp_i" -lt "$1" ]; do
    "$2"
    _gp_i=$((_gp_i + 1))
  done
}

# Keeps head and tail of logs that are too long. Reads the lines of `wc -c`.
_gp_shorten() {
  while read -r _gp_size _gp_x; do
    case $_gp_x in
      *log*) [ "$_gp_size" -gt 65536 ] || continue ;;
      *) continue ;;
    esac
    {
      dd if="$_gp_x" bs=32768 count=1
      printf '\n[golem-pipeline: %s bytes left out]\n' "$((_gp_size - 65536))"
      tail -c 32768 "$_gp_x"
    } >short 2>/dev/null
    mv -f short "$_gp_x"
  done
}

# Packs by names of our own, some hundred at a time: there are tars that read no list from a file,
# and a command line has its limits. What they write is joined to one archive. Links stay links.
# `records` comes last and vouches for the rest.
_gp_add() {
  _gp_names=$_gp_names$_gp_newline$1
  _gp_named=$((_gp_named + 1))
  [ "$_gp_named" -lt 400 ] || _gp_flush
}

_gp_flush() {
  IFS=$_gp_newline
  set -f
  COPYFILE_DISABLE=1 tar -cf - $_gp_names >>"out-$_gp_n.tar" 2>/dev/null || _gp_packed=no
  set +f
  unset IFS
  _gp_names=
  _gp_named=0
}

_gp_add_log() {
  [ ! -s "$_gp_b/log.$_gp_i" ] || _gp_add "b$_gp_n/log.$_gp_i"
}

_gp_add_output() {
  if _gp_has_output; then _gp_add "b$_gp_n/$_gp_i/$_gp_listed"; fi
}

_gp_pack() {
  _gp_names=
  _gp_named=0
  _gp_packed=yes
  : >"out-$_gp_n.tar"
  _gp_each "$_gp_logs" _gp_add_log
  _gp_each "$_gp_count" _gp_add_output
  [ ! -s "$_gp_b/setup.log" ] || _gp_add "b$_gp_n/setup.log"
  _gp_add "b$_gp_n/records"
  [ "$_gp_named" -eq 0 ] || _gp_flush
  [ "$_gp_packed" = yes ]
}

# Finds whose output it is that tar does not like, after it complained about all together.
_gp_try() {
  _gp_has_output || return 0
  tar -cf - "b$_gp_n/$_gp_i/$_gp_listed" >"$_gp_b/try.tar" 2>"$_gp_log" ||
    _gp_unpackable
}

# Without tar: single files only, under names that need no escaping.
_gp_zeros() {
  [ "$1" -eq 0 ] || dd if=/dev/zero bs="$1" count=1 2>/dev/null
}

# Writes the file $2 as the member $1 of a ustar archive. 2509 is the sum of the bytes that are the
# same in every header.
_gp_put() {
  _gp_size=$(wc -c <"$2")
  _gp_size=$((_gp_size))
  _gp_octal=$(printf %011o "$_gp_size")
  _gp_sum=2509
  _gp_x=$1$_gp_octal
  while [ "$_gp_x" ]; do
    _gp_rest=${_gp_x#?}
    _gp_sum=$((_gp_sum + $(printf %d "'${_gp_x%"$_gp_rest"}")))
    _gp_x=$_gp_rest
  done
  printf %s "$1"
  _gp_zeros $((100 - ${#1}))
  printf '0000644\0000000000\0000000000\000%s\00000000000000\000%06o\000 0' "$_gp_octal" "$_gp_sum"
  _gp_zeros 100
  printf 'ustar\00000'
  _gp_zeros 247
  cat "$2" && _gp_zeros $(((512 - _gp_size % 512) % 512))
}

# Marks what cannot go this way.
_gp_check_plain() {
  _gp_has_output || return 0
  if [ "$_gp_kind" = -d ]; then
    echo 'golem-pipeline: several files cannot be sent back without tar' >"$_gp_log"
    _gp_unpackable
  elif [ "$(wc -c <"$_gp_b/$_gp_i/$_gp_out")" -gt 8589934591 ]; then
    echo 'golem-pipeline: 8 GiB or more cannot be sent back without tar' >"$_gp_log"
    _gp_unpackable
  fi
}

_gp_put_log() {
  [ ! -s "$_gp_b/log.$_gp_i" ] || _gp_put "b$_gp_n/log.$_gp_i" "$_gp_b/log.$_gp_i"
}

_gp_put_output() {
  if _gp_has_output; then _gp_put "b$_gp_n/$_gp_i/out" "$_gp_b/$_gp_i/$_gp_out"; fi
}

_gp_pack_plain() {
  _gp_each "$_gp_count" _gp_check_plain
  {
    _gp_each "$_gp_logs" _gp_put_log
    _gp_each "$_gp_count" _gp_put_output
    [ ! -s "$_gp_b/setup.log" ] || _gp_put "b$_gp_n/setup.log" "$_gp_b/setup.log"
    _gp_put "b$_gp_n/records" "$_gp_b/records" && _gp_zeros 1024
  } >"out-$_gp_n.tar"
}

: >"$_gp_b/records"
if [ -f "$_gp_b/web.sh" ]; then . "$_gp_b/web.sh"; fi
# No fragment gets an argument. The shell's own remarks about killed children go nowhere.
set --
. "$_gp_b/batch.sh" 2>/dev/null
[ "$_gp_entered" ] || _gp_broken 'the folder of the stage cannot be entered'

_gp_now packing
[ ! -f "$_gp_b/peaks" ] || _gp_note_peaks <"$_gp_b/peaks" >>"$_gp_b/records"
if [ "$_gp_logs" -gt 0 ] || [ -s "$_gp_b/setup.log" ]; then
  cd "$_gp_b" && wc -c log.* setup.log 2>/dev/null | _gp_shorten
fi
cd "$_gp_root" || _gp_broken 'the folder is gone'
_gp_each "$_gp_count" _gp_check_kind
if [ -z "$_gp_tar" ]; then
  _gp_pack_plain || _gp_broken 'could not write the outputs'
elif ! _gp_pack; then
  _gp_each "$_gp_count" _gp_try
  rm -f "$_gp_b/try.tar"
  _gp_pack || _gp_broken 'could not pack the outputs'
fi

# All that is not needed any more, in one go: only what this batch returns stays.
set -- "$_gp_b"
for _gp_x in in-*.tar* shared-*.tar* u[0-9]* out-*.tar; do
  [ "$_gp_x" = "out-$_gp_n.tar" ] || set -- "$@" "$_gp_x"
done
rm -rf "$@"
_gp_end 0
