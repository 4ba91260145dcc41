# How an archive is unpacked where there is no tar. The lines that follow these functions name every
# member: the block its bytes begin at, counted from $_gp_base, and their number. This file is the
# archive's first member; the bootstrap cuts it out and sources it.

_gp_folder() {
  mkdir -p "$1" || _gp_broken "could not make $1"
}

_gp_file() {
  _gp_from=$(($1 + _gp_base))
  _gp_whole=$(($2 / 512))
  _gp_rest=$(($2 % 512))
  if [ "$_gp_whole" -gt 0 ]; then
    dd if="$_gp_archive" bs=512 skip="$_gp_from" count="$_gp_whole" 2>/dev/null >"$3" ||
      _gp_broken "could not write $3"
  else
    printf '' >"$3" || _gp_broken "could not write $3"
  fi
  if [ "$_gp_rest" -gt 0 ]; then
    dd if="$_gp_archive" bs=1 skip=$(((_gp_from + _gp_whole) * 512)) count="$_gp_rest" \
      2>/dev/null >>"$3" || _gp_broken "could not write $3"
  fi
}

_gp_program() {
  _gp_file "$1" "$2" "$3"
  chmod 755 "$3" || _gp_broken "could not make $3 executable"
}

_gp_blocks() {
  [ $(($(wc -c <"$_gp_archive"))) -eq $((($1 + _gp_base) * 512)) ] ||
    _gp_broken "$_gp_archive is not whole"
}
