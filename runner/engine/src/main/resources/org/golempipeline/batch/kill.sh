# Kills the fragment $_gp_at with everything it started. Sourced by the watchdog, whose process is
# $_gp_me; the driver's is $$. There may be neither setsid nor pkill, so the tree is found by the
# parents of processes. What is found is stopped first: it can then neither fork nor say that a
# child of it was killed.

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
