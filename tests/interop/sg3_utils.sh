# Has sg3-utils decode everything that a disk says of itself. Wants PORTAL, TARGET and LUN in the environment.
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

echo "name of the disk" | sg_ident -S "$disk" || wrong=1
[ "$(sg_ident -A "$disk")" = "name of the disk" ] || { echo "== sg_ident: WRONG"; wrong=1; }
[ "$wrong" = 0 ] && echo "== everything was decoded"
exit "$wrong"
