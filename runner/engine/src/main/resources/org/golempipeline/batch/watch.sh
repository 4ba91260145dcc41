# What the watchdog does with the fragment $_gp_at. Sourced by it once there are fragments. Its own
# process is $_gp_me, the driver's $$.

# Counts the fragments that ended: what came to `records` since it was read last, but for lines of
# the clock, which end with the unit of seconds.
_gp_catch_up() {
  while read -r _gp_x <&3; do
    case $_gp_x in *s) continue ;; esac
    _gp_at=$((_gp_at + 1))
    _gp_ran=0
    _gp_most=0
  done
}

# Adds up in _gp_sum how many KiB each process of the fragment held at most, by the kernel's count.
# That is 0 where the kernel does not say, or /proc shows other processes than ours.
_gp_weigh() {
  _gp_sum=0
  _gp_level=
  read -r _gp_level <"/proc/$$/task/$$/children"
  case " $_gp_level " in
    *" $_gp_me "*) ;;
    *) return ;;
  esac
  while [ "$_gp_level" ]; do
    _gp_below=
    for _gp_p in $_gp_level; do
      [ "$_gp_p" != "$_gp_me" ] || continue
      while read -r _gp_key _gp_value _gp_x; do
        if [ "$_gp_key" = VmHWM: ]; then
          _gp_sum=$((_gp_sum + _gp_value))
          break
        fi
      done <"/proc/$_gp_p/status"
      for _gp_key in /proc/"$_gp_p"/task/*/children; do
        _gp_x=
        read -r _gp_x <"$_gp_key"
        [ -z "$_gp_x" ] || _gp_below="$_gp_below $_gp_x"
      done
    done
    _gp_level=$_gp_below
  done
}

# Notes the memory of the fragment that is at work, if it is more than before, and it still is.
_gp_note_peak() {
  _gp_whose=$_gp_at
  _gp_weigh
  _gp_catch_up
  if [ "$_gp_at" = "$_gp_whose" ] && [ "$_gp_sum" -gt "$_gp_most" ]; then
    _gp_most=$_gp_sum
    echo "$_gp_at $_gp_most" >>"$_gp_b/peaks"
  fi
}

# Stops process $1 if its parent $2 is the driver or was stopped here.
_gp_see() {
  case " $$ $_gp_all" in
    *" $2 "*) ;;
    *) return 0 ;;
  esac
  case " $_gp_me $_gp_all" in
    *" $1 "*) return 0 ;;
  esac
  if kill -s STOP "$1"; then
    _gp_all="$1 $_gp_all"
    _gp_more=yes
  fi
}

# Looks at all processes.
_gp_look() {
  if [ -r /proc/self/status ]; then
    for _gp_p in /proc/[0-9]*; do
      while read -r _gp_key _gp_value; do
        if [ "$_gp_key" = PPid: ]; then
          _gp_see "${_gp_p#/proc/}" "$_gp_value"
          break
        fi
      done <"$_gp_p/status"
    done
  else
    set -- $(ps -A -o pid= -o ppid=)
    while [ $# -gt 1 ]; do
      _gp_see "$1" "$2"
      shift 2
    done
  fi
}

# Kills the fragment with everything it started. There may be neither setsid nor pkill, so the tree is
# found by the parents of processes. What is found is stopped first: it can then neither fork nor say
# that a child of it was killed.
_gp_kill() {
  _gp_all=
  _gp_more=yes
  while [ "$_gp_more" ]; do
    _gp_more=
    _gp_look
  done

  # Whoever was stopped may belong to the next fragment by now; then nothing happened.
  _gp_victim=$_gp_at
  _gp_catch_up
  read -r _gp_doing _gp_me <"$_gp_b/now"
  if [ -n "$_gp_all" ]; then
    if [ "$_gp_at $_gp_doing" = "$_gp_victim fragments" ]; then
      echo >"$_gp_b/$_gp_at/late"
      kill -s KILL $_gp_all
    else
      kill -s CONT $_gp_all
    fi
  fi
}
