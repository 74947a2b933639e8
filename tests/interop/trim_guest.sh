# Fills a thin disk and gives its space back in two ways, each time after telling the test, which looks at the image.
# Wants PORTAL, TARGET, LUN and WITNESS, the port of the test, in the environment; any failure ends it.
set -eu

# Tells the test how far the story is, and waits for its answer: it has looked.
reached() {
  echo "== $1"
  [ "$(echo "$1" | nc "${PORTAL%:*}" "$WITNESS")" = seen ]
}

iscsid
iscsiadm -m discovery -t sendtargets -p "$PORTAL" >/dev/null
iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL,1" >/dev/null
iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login >/dev/null
tries=0
until ls /sys/class/scsi_disk/*:"$LUN"/device/block/* >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ]
  sleep 0.1
done
for path in /sys/class/scsi_disk/*:"$LUN"/device/block/*; do disk="/dev/${path##*/}"; done

# Linux has understood that the disk is thin, and how it wants to be told.
name=${disk##*/}
[ "$(cat "/sys/block/$name/queue/discard_max_bytes")" -gt 0 ]
grep -H . /sys/class/scsi_disk/*:"$LUN"/provisioning_mode

mkfs.ext4 -q "$disk"
mkdir -p /mnt/disk
mount -t ext4 "$disk" /mnt/disk
sync
reached made
dd if=/dev/urandom of=/mnt/disk/random bs=1M count=64 2>/dev/null
sync
reached written
rm /mnt/disk/random
sync
reached deleted
fstrim -v /mnt/disk
reached trimmed
umount /mnt/disk
e2fsck -fn "$disk" >/dev/null
dd if=/dev/urandom of="$disk" bs=1M count=32 seek=64 2>/dev/null
sync
reached rewritten
blkdiscard "$disk"
reached discarded

echo 3 >/proc/sys/vm/drop_caches
dd if="$disk" bs=1M skip=64 count=32 2>/dev/null | cmp -n 33554432 - /dev/zero
if dmesg | grep -E 'I/O error|detected conn error|Sense Key|Buffer I/O'; then exit 1; fi
iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout >/dev/null
echo "== story complete"
