# What a Linux host does with two disks. Wants PORTAL, TARGET, LUN and SECOND_LUN in the environment; any failure ends it.
. /guest.sh

say discovery and login
log_in
iscsiadm -m session
first=$(disk "$LUN")
second=$(disk "$SECOND_LUN")
cat "/sys/block/${first##*/}/device/vendor" "/sys/block/${first##*/}/device/model"

say first disk: mkfs, write, sync, unmount
mkfs.ext4 -q "$first"
mkdir -p /mnt/first /mnt/second
mount -t ext4 "$first" /mnt/first
dd if=/dev/urandom of=/mnt/first/random bs=1M count=64 2>/dev/null
mkdir /mnt/first/tree
for number in 0 1 2 3 4 5 6 7 8 9; do dd if=/dev/urandom of=/mnt/first/tree/$number bs=777 count=$((number * 9 + 1)) 2>/dev/null; done
(cd /mnt/first && find random tree -type f | sort | xargs sha256sum) >/tmp/before
sync
umount /mnt/first

say first disk: drop caches, mount, compare
echo 3 >/proc/sys/vm/drop_caches
mount -t ext4 "$first" /mnt/first
(cd /mnt/first && find random tree -type f | sort | xargs sha256sum) >/tmp/after
cmp /tmp/before /tmp/after
wc -l </tmp/after

say second disk
mkfs.ext4 -q "$second"
mount -t ext4 "$second" /mnt/second
cp -r /mnt/first/tree /mnt/second/
sync
umount /mnt/second
echo 3 >/proc/sys/vm/drop_caches
mount -t ext4 -o ro "$second" /mnt/second
for number in 0 1 2 3 4 5 6 7 8 9; do cmp /mnt/first/tree/$number /mnt/second/tree/$number; done
umount /mnt/second
umount /mnt/first

say fsck
e2fsck -fn "$first"
e2fsck -fn "$second"

say errors of the disks
if dmesg | grep -E 'I/O error|detected conn error|Sense Key|Buffer I/O'; then exit 1; fi

say logout
log_out
if iscsiadm -m session; then exit 1; fi
if [ -e "$first" ]; then exit 1; fi

say login again without the daemon\'s records
iscsiadm -k 0
iscsistart -i iqn.2026-01.example:booted -t "$TARGET" -g 1 -a "${PORTAL%:*}" -p "${PORTAL#*:}"
first=$(disk "$LUN")
mount -t ext4 -o ro "$first" /mnt/first
(cd /mnt/first && sha256sum -c /tmp/before) >/dev/null
umount /mnt/first

say story complete
