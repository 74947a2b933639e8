# Fills a thin disk and gives its space back in two ways, each time after telling the test, which looks at the image.
# Wants PORTAL, TARGET, LUN and CUES in the environment; any failure ends it.
. /guest.sh

log_in
disk=$(disk "$LUN")

# Linux has understood that the disk is thin, and how it wants to be told.
name=${disk##*/}
[ "$(cat "/sys/block/$name/queue/discard_max_bytes")" -gt 0 ]
grep -H . /sys/class/scsi_disk/*:"$LUN"/provisioning_mode

mkfs.ext4 -q "$disk"
mkdir -p /mnt/disk
mount -t ext4 "$disk" /mnt/disk
sync
cue made
dd if=/dev/urandom of=/mnt/disk/random bs=1M count=64 2>/dev/null
sync
cue written
rm /mnt/disk/random
sync
cue deleted
fstrim -v /mnt/disk
cue trimmed
umount /mnt/disk
e2fsck -fn "$disk" >/dev/null
dd if=/dev/urandom of="$disk" bs=1M count=32 seek=64 2>/dev/null
sync
cue rewritten
blkdiscard "$disk"
cue discarded

echo 3 >/proc/sys/vm/drop_caches
dd if="$disk" bs=1M skip=64 count=32 2>/dev/null | cmp -n 33554432 - /dev/zero
if dmesg | grep -E 'I/O error|detected conn error|Sense Key|Buffer I/O'; then exit 1; fi
log_out
say story complete
