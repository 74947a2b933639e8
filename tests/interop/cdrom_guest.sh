# What a Linux host does with a CD-ROM. Wants PORTAL, TARGET and LUN in the environment; any failure ends it.
. /guest.sh

drives_of() { ls -d /sys/bus/scsi/devices/*:"$1"/block/sr*; }

say login
log_in
await 40 drives_of "$LUN"
disc=/dev/$(basename "$(drives_of "$LUN")")
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

say what libcdio reads of the disc
cd-info --no-header --no-cddb -C "$disc" >/tmp/info
cat /tmp/info
blocks=$(($(blockdev --getsize64 "$disc") / 2048))
grep -q "^Disc mode is listed as: CD-DATA (Mode 1)$" /tmp/info
grep -q "^ *1: 00:02:00  000000 data " /tmp/info
grep -q "^170: [0-9:]*  0*$blocks leadout" /tmp/info
grep -q "^Media Catalog Number (MCN): *$" /tmp/info
grep -q "^Last CD Session LSN: 0$" /tmp/info
grep -q "^ISO 9660: $blocks blocks, label .LUNBOX " /tmp/info
cd-drive -i "$disc" >/tmp/drive
for line in "Tray type loading mechanism" "C2 Error pointers are supported" "CD-Text is not supported" "DVD Read Feature"; do
  grep -q "$line" /tmp/drive
done

say sectors of the disc
dd if="$disc" of=/tmp/block bs=2048 skip=16 count=1 2>/dev/null
# libcdio wants header, user data, EDC and ECC; the other way is ours.
cd-read -C "$disc" -m any -s 16 -n 1 --no-header --no-hexdump -o /tmp/any
sg_raw -r 2352 -o /tmp/whole "$disc" be 00 00 00 00 10 00 00 01 f8 00 00
sg_raw -r 2352 -o /tmp/times "$disc" b9 00 00 00 02 10 00 02 11 f8 00 00
[ "$(wc -c </tmp/whole)" = 2352 ]
cmp /tmp/whole /tmp/times
dd if=/tmp/whole bs=1 skip=12 2>/dev/null | cmp -n 2340 - /tmp/any
dd if=/tmp/whole bs=1 skip=16 count=2048 2>/dev/null | cmp - /tmp/block
[ "$(dd if=/tmp/whole bs=1 count=16 2>/dev/null | hexdump -v -e '/1 "%02x"')" = 00ffffffffffffffffffff0000021601 ]

say speeds
sg_raw "$disc" bb 00 ff ff 00 00 00 00 00 00 00 00
sg_raw -r 24 -o /tmp/speed "$disc" ac 10 00 00 00 00 00 00 00 01 00 00
[ "$(wc -c </tmp/speed)" = 24 ]

say a DVD
await 40 drives_of $((LUN + 1))
dvd=/dev/$(basename "$(drives_of $((LUN + 1)))")
dvd+rw-mediainfo "$dvd" >/tmp/media 2>&1
cat /tmp/media
for line in " Mounted Media: *10h, DVD-ROM" " Speed Descriptor#0: .*2097151 R@" " Legacy lead-out at: *2097152\*2KB=4294967296"; do
  grep -q "^$line" /tmp/media
done
if grep -q "^:-(" /tmp/media; then
  echo "a tool did not like what the drive says" >&2
  exit 1
fi
cd-info --no-header --no-cddb -C "$dvd" | grep -q "^Disc mode is listed as: DVD-ROM$"

say logout
log_out
say disc complete
