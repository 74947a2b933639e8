# What a Linux host does with a CD-ROM. Wants PORTAL, TARGET and LUN in the environment; any failure ends it.
set -eu

say() { echo "== $*"; }

# The drive of a LUN, once the kernel has found it.
drive() {
  tries=0
  while [ "$tries" -lt 200 ]; do
    for path in /sys/bus/scsi/devices/*:"$1"/block/sr*; do
      if [ -e "$path" ]; then
        echo "/dev/${path##*/}"
        return
      fi
    done
    sleep 0.1
    tries=$((tries + 1))
  done
  echo "no drive appeared for LUN $1" >&2
  return 1
}

say login
iscsid
iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL,1" >/dev/null
iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login
disc=$(drive "$LUN")
cat /proc/sys/dev/cdrom/info
dmesg | grep -i "sr0\|cdrom"

say mount
mkdir -p /mnt/disc
mount -t iso9660 -o ro "$disc" /mnt/disc
(cd /mnt/disc && find . -type f | sort | xargs sha256sum) >/tmp/found
cmp /tmp/found /expected
if sg_raw -r 64 "$disc" 2a 00 00 00 00 00 00 00 00 00 >/dev/null 2>&1; then
  echo "the drive took a WRITE" >&2
  exit 1
fi

say a mounted disc is locked
if sg_start --eject "$disc" 2>/dev/null; then
  echo "a mounted disc was ejected" >&2
  exit 1
fi
umount /mnt/disc

say eject, load
# Linux would load it by itself as soon as somebody opens the drive.
echo 0 >/proc/sys/dev/cdrom/autoclose
sg_start --eject "$disc"
if dd if="$disc" of=/dev/null bs=2048 count=1 2>/dev/null; then
  echo "a disc was read that is not there" >&2
  exit 1
fi
sg_start --load "$disc"
mount -t iso9660 -o ro "$disc" /mnt/disc
(cd /mnt/disc && find . -type f | sort | xargs sha256sum) >/tmp/again
cmp /tmp/again /expected
umount /mnt/disc

say features
sg_get_config "$disc"
sg_inq "$disc"
sg_vpd "$disc"
sg_luns "$disc" >/dev/null

say logout
iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout
say disc complete
