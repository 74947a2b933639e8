# Has sg3-utils decode everything that a disk says of itself, and send it commands with 32 bytes; then it comes in by a
# second portal, too, whose group is in standby, and changes that. Wants PORTAL, SECOND, TARGET and LUN in the environment.
set -u

iscsid
iscsiadm -m discovery -t sendtargets -p "$PORTAL" >/dev/null
iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL,1" >/dev/null
iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login >/dev/null || exit 1
tries=0
until ls /sys/class/scsi_disk/*:"$LUN"/device/block/* >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || exit 1
  sleep 0.1
done
for path in /sys/class/scsi_disk/*:"$LUN"/device/block/*; do disk="/dev/${path##*/}"; done

complaints='nable to decode|malformed|too short|nexpected|not understood|failed|invalid|unknown'
wrong=0

# Runs a command that has to succeed without complaints.
decode() {
  if output=$("$@" "$disk" 2>&1) && ! echo "$output" | grep -Eiq "$complaints"; then
    echo "== $*: decoded"
  else
    echo "== $*: WRONG"
    echo "$output"
    wrong=1
  fi
}

decode sg_inq
for page in sv sn di ei mpp sp sfs bl bdc lbpv; do decode sg_vpd -p "$page"; done
decode sg_vpd -a
decode sg_opcodes
decode sg_opcodes -m
decode sg_opcodes -R
decode sg_opcodes -t
decode sg_opcodes -t -q
decode sg_opcodes -o 0x9e,0x10
for select in 0 1 2 0x10 0x11 0x12; do decode sg_luns -s "$select"; done
decode sg_modes -a
decode sg_modes -A
for control in 1 2 3; do decode sg_modes -A -c "$control"; done
decode sg_logs -A
for page in 0x2 0x3 0x5 0xd 0xe 0x10 0x15 0x19 0x2f; do decode sg_logs -p "$page"; done
decode sg_logs -p 0x3 -R
decode sg_senddiag -t
decode sg_senddiag -s 5
decode sg_senddiag -s 6
decode sg_logs -p 0x10
decode sg_readcap -l
decode sg_requests
decode sg_turs
decode sg_timestamp
decode sg_rbuf -s 64k
decode sg_test_rwbuf -s 4096

# Complains unless a command succeeds and says something that matches.
expect() {
  pattern=$1
  shift
  if output=$("$@" 2>&1) && echo "$output" | grep -Eq "$pattern"; then
    echo "== $*: as expected"
  else
    echo "== $*: WRONG, expected $pattern"
    echo "$output"
    wrong=1
  fi
}

# Commands with 32 bytes go out with an additional header segment.
printf '\001%.0s' $(seq 512) >/ones
printf '\002%.0s' $(seq 512) >/twos
cat /ones /ones /ones /ones /ones /ones /ones /ones >/page
expect '' sg_write_x --or --32 --num=8 --lba=16 --in=/page "$disk"
expect '' sg_write_x --or --32 --num=1 --lba=16 --in=/twos "$disk"
expect '03 03 03 03' sg_raw -r 512 "$disk" 28 00 00 00 00 10 00 00 01 00
expect '01 01 01 01' sg_raw -r 512 "$disk" 28 00 00 00 00 11 00 00 01 00
expect '' sg_write_x --atomic=0 --32 --num=1 --lba=17 --in=/twos "$disk"
expect '02 02 02 02' sg_raw -r 512 "$disk" 28 00 00 00 00 11 00 00 01 00
expect '0+10 +blocks: +8 +mapped' sg_get_lba_status --32 --lba=16 --maxlen=24 "$disk"
expect '0x0+ +blocks: +16 +deallocated' sg_get_lba_status --16 --report-type=3 --maxlen=24 "$disk"

first=$disk
iscsiadm -m node -o new -T "$TARGET" -p "$SECOND,2" >/dev/null
iscsiadm -m node -T "$TARGET" -p "$SECOND" --login >/dev/null || exit 1
second=
tries=0
while [ -z "$second" ] && [ "$tries" -lt 200 ]; do
  for path in /sys/class/scsi_disk/*:"$LUN"/device/block/*; do
    [ "/dev/${path##*/}" = "$first" ] || [ ! -e "/dev/${path##*/}" ] || second="/dev/${path##*/}"
  done
  tries=$((tries + 1))
  sleep 0.1
done
[ -n "$second" ] || { echo "== there is no second path"; exit 1; }
for disk in "$first" "$second"; do
  decode sg_inq
  decode sg_vpd -p di
  decode sg_vpd -p sp
  decode sg_rtpg -d
  decode sg_rtpg -d -e
done
expect 'TPGS=3' sg_inq "$second"
expect 'Relative target port: 0x2' sg_vpd -p di "$second"
expect 'Target port group: 0x2' sg_vpd -p di "$second"
expect 'state : 0x02 \(standby\)' sg_rtpg -d "$first"
sg_turs "$second" >/dev/null 2>&1 && { echo "== a path in standby is ready: WRONG"; wrong=1; }
sg_raw -r 512 "$second" 28 00 00 00 00 10 00 00 01 00 2>&1 | grep -q 'standby' || { echo "== it reads: WRONG"; wrong=1; }
expect '' sg_stpg --tp=1,2 --state=s,ao "$first"
# The other path is told first that states have changed.
sg_turs -v "$second" 2>&1 | grep -q 'Asymmetric access state changed' || { echo "== it is not told: WRONG"; wrong=1; }
expect '0x00 \(active/optimized\)' sg_rtpg -d "$second"
expect '03 03 03 03' sg_raw -r 512 "$second" 28 00 00 00 00 10 00 00 01 00
disk=$second

echo "name of the disk" | sg_ident -S "$disk" || wrong=1
[ "$(sg_ident -A "$disk")" = "name of the disk" ] || { echo "== sg_ident: WRONG"; wrong=1; }
[ "$wrong" = 0 ] && echo "== everything was decoded"
exit "$wrong"
