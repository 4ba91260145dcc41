# The first process of a container, root in a user namespace of its own. Reads what to make from its
# input, and lives until that ends. What it mounts is out of reach for programs: they get namespaces
# below its own, made by the last command here, in which its mounts cannot be changed, and its
# process cannot be looked into. What lies in `upper` hides what the image has there, so that no link
# of an image leads a mount astray.

set -eu
umask 022
read -r first rest </proc/self/stat
IFS= read -r layer
IFS= read -r size
IFS= read -r image
IFS= read -r source
IFS= read -r name
IFS= read -r start

mount -n -t tmpfs -o "mode=755$size" container "$layer"
cd -P "$layer"
mkdir lower upper upper/dev upper/proc work merged dev dev/shm dev/.old
{
  printf '%s lower none bind 0 0\n' "$source"
  echo 'image merged overlay lowerdir=lower,upperdir=upper,workdir=work,userxattr 0 0'
  echo 'proc merged/proc proc defaults 0 0'
  # Who is root on this machine owns these, inside too.
  for each in acpi bus driver fs irq mtrr scsi sys sysrq-trigger tty; do
    [ ! -e "/proc/$each" ] || echo "merged/proc/$each merged/proc/$each none bind,ro 0 0"
  done
  for each in null zero full random urandom tty; do
    : >"dev/$each"
    echo "/dev/$each dev/$each none bind,ro 0 0"
  done
  echo 'dev merged/dev none rbind 0 0'
} >mounts
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
while IFS= read -r order; do
  case $order in
    'folder '*) mkdir -p "upper/${order#folder }" ;;
    'mount '*) printf '%s\n' "${order#mount }" >>mounts ;;
    outbound) mkdir -p upper/etc && cat /etc/resolv.conf >upper/etc/resolv.conf || : ;;
    done) break ;;
  esac
done
if [ ! -h "$image/etc" ] && [ ! -s "$image/etc/hosts" ]; then
  mkdir -p upper/etc
  echo '127.0.0.1 localhost' >upper/etc/hosts
fi
mount -n -a -T mounts
hostname "$name" 2>/dev/null || :
ip link set lo up 2>/dev/null || :

cd merged
{ env -i PATH="$PATH" unshare --user --map-root-user --mount /bin/sh -c '
  set -e
  trap "" HUP
  read -r pid rest </proc/self/stat
  mount -n --rbind . .
  cd -P ../merged
  pivot_root . dev/.old
  cd "/$1" 2>/dev/null || cd /
  echo "ready $2 $pid"
  exec </dev/null >/dev/null 2>/dev/null
  while :; do kill -STOP $$; done
' sh "$start" "$first" || echo failed; } &
cat >/dev/null
