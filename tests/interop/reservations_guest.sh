# What sg_persist of a Linux host does with one disk. Wants PORTAL, TARGET and LUN in the environment; any failure ends it.
. /guest.sh

# What sg_persist prints, which has to hold a text.
expect() {
  text=$1
  shift
  sg_persist "$@" >/tmp/said 2>&1 || { cat /tmp/said; echo "sg_persist $* failed" >&2; return 1; }
  cat /tmp/said
  grep -qF -- "$text" /tmp/said || { echo "sg_persist $* does not say: $text" >&2; return 1; }
}

say login
log_in
disk=$(disk "$LUN")
initiator=$(sed -n 's/^InitiatorName=//p' /etc/iscsi/initiatorname.iscsi)

say capabilities
expect "Persist Through Power Loss Capable(PTPL_C): 1" --in --report-capabilities "$disk"
grep -q "Specify Initiator Ports Capable(SIP_C): 1" /tmp/said
grep -q "Write Exclusive, all registrants: 1" /tmp/said

say register, reserve
expect "there are NO registered reservation keys" --in --read-keys "$disk"
sg_persist --out --register --param-sark=0xabc1 --param-aptpl "$disk"
expect "0xabc1" --in --read-keys "$disk"
sg_persist --out --reserve --param-rk=0xabc1 --prout-type=5 "$disk"
expect "Write Exclusive, registrants only" --in --read-reservation "$disk"
expect "$initiator" --in --read-full-status "$disk"
grep -q "Reservation holder" /tmp/said
dd if=/dev/zero of="$disk" bs=4096 count=1 conv=fsync 2>/dev/null

say register another port and move to it: the host is locked out
sg_persist --out --register-move --param-rk=0xabc1 --param-sark=0xabc2 --relative-target-port=1 \
  --transport-id=iqn.2026-01.example:other,i,0x800000000001 --param-unreg --param-aptpl "$disk"
expect "iqn.2026-01.example:other" --in --read-full-status "$disk"
if sg_persist --out --clear --param-rk=0xabc1 "$disk"; then exit 1; fi
sg_raw --send=512 --infile=/dev/zero "$disk" 2a 00 00 00 00 00 00 00 01 00 >/tmp/said 2>&1 || true
cat /tmp/said
grep -qi "reservation conflict" /tmp/said

say preempt what the other port holds
sg_persist --out --register-ignore --param-sark=0xabc3 "$disk"
sg_persist --out --preempt-abort --param-rk=0xabc3 --param-sark=0xabc2 --prout-type=3 "$disk"
expect "0xabc3" --in --read-reservation "$disk"
expect "Exclusive Access" --in --read-reservation "$disk"
sg_persist --out --release --param-rk=0xabc3 --prout-type=3 "$disk"
sg_persist --out --clear --param-rk=0xabc3 "$disk"
expect "there are NO registered reservation keys" --in --read-keys "$disk"
log_out

say story complete
