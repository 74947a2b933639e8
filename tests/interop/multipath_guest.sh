# What a Linux host does with two paths to one disk, of which the second is the slower one (ALUA). Wants HOST, TARGET and
# the ports FIRST and SECOND in the environment; any failure ends it.
. /guest.sh

/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
cat >/etc/multipath.conf <<END
defaults {
  find_multipaths no
  polling_interval 1
  max_polling_interval 1
  failback immediate
  no_path_retry 60
}
END
multipathd

number=1
for port in "$FIRST" "$SECOND"; do
  record="-m node -T $TARGET -p $HOST:$port"
  iscsiadm $record,$number -o new >/dev/null
  # Sooner than multipathd would find out by itself.
  iscsiadm $record -o update -n node.session.timeo.replacement_timeout -v 1
  iscsiadm $record --login >/dev/null
  number=$((number + 1))
done

say two sessions, one map
paths() { multipathd show paths raw format "%d %t %T %p"; }
# A path in a state of the map, by its priority: 50 is optimized, 10 is not (SPC-5 §5.18).
path_is() { paths | grep -q " $2 .* $1$"; }
both_are_up() { path_is 50 active && path_is 10 active; }
await 60 both_are_up
paths
[ "$(multipathd show maps raw format "%n %N" | wc -l)" = 1 ]
map=/dev/mapper/$(multipathd show maps raw format "%n")
multipath -ll

lose() {
  cue away "$1"
  await 60 path_is "$2" failed
  goes_on "path $1 lost"
  cue back "$1"
  await 60 both_are_up
}
each_is_lost() {
  say the good path is taken away, and comes back
  lose 1 50
  say the other path is taken away, and comes back
  lose 2 10
}
during_io "$map" each_is_lost

if dmesg | grep -E "I/O error, dev dm-|Buffer I/O"; then exit 1; fi
say logout
multipathd shutdown >/dev/null
multipath -F
iscsiadm -m node -T "$TARGET" --logout
cue connections 0
say multipath complete
