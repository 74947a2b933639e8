# What a Linux host does with a target of two portal groups. Wants HOST, TARGET and the ports FIRST and SECOND in the
# environment; any failure ends it.
. /guest.sh

first=$HOST:$FIRST
second=$HOST:$SECOND

# Settings of a portal's record: portal name value ...
settings() {
  portal=$1
  shift
  while [ "$#" -gt 0 ]; do
    iscsiadm -m node -T "$TARGET" -p "$portal" -o update -n "node.$1" -v "$2"
    shift 2
  done
}

login() { iscsiadm -m node -T "$TARGET" -p "$1" --login >/dev/null; }
logout() { iscsiadm -m node -T "$TARGET" -p "$1" --logout >/dev/null; }

# What was agreed on, as the kernel has it.
connection() { cat /sys/class/iscsi_connection/*/"$1"; }
session() { cat /sys/class/iscsi_session/*/"$1"; }

iscsid
dd if=/dev/urandom of=/tmp/random bs=1M count=16 2>/dev/null

say discovery through each portal shows both groups
printf '%s,1 %s\n%s,2 %s\n' "$first" "$TARGET" "$second" "$TARGET" | sort >/tmp/expected
for portal in "$first" "$second"; do
  iscsiadm -m discovery -t sendtargets -p "$portal" | sort >/tmp/found
  cat /tmp/found
  cmp /tmp/found /tmp/expected
done

say a session to each, and logout leaves none
iscsiadm -m node -T "$TARGET" --login
[ "$(iscsiadm -m session | wc -l)" = 2 ]
cue connections 2
iscsiadm -m node -T "$TARGET" --logout
if iscsiadm -m session; then exit 1; fi
cue connections 0

# Each of HeaderDigest and DataDigest as it is offered; then what is agreed on, 1 for CRC32C.
number=0
while read -r header data agreed; do
  say "digests $header and $data"
  settings "$first" conn[0].iscsi.HeaderDigest "$header" conn[0].iscsi.DataDigest "$data"
  login "$first"
  [ "$(connection header_digest) $(connection data_digest)" = "$agreed" ]
  disk=$(disk 0)
  # Other bytes each time.
  dd if=/tmp/random of="$disk" bs=256k skip="$number" count=16 conv=fsync 2>/dev/null
  echo 3 >/proc/sys/vm/drop_caches
  dd if="$disk" of=/tmp/back bs=256k count=16 2>/dev/null
  dd if=/tmp/random bs=256k skip="$number" count=16 2>/dev/null | cmp - /tmp/back
  logout "$first"
  number=$((number + 1))
done <<END
CRC32C CRC32C 1 1
CRC32C None 1 0
None CRC32C 0 1
CRC32C,None None,CRC32C 1 0
END
settings "$first" conn[0].iscsi.HeaderDigest None conn[0].iscsi.DataDigest None

say what it offers beyond the plainest
settings "$first" session.iscsi.ERL 2 session.iscsi.MaxConnections 4 session.iscsi.MaxOutstandingR2T 8
login "$first"
[ "$(session max_outstanding_r2t)" = 8 ]
logout "$first"

say pings of the target are answered
settings "$second" conn[0].timeo.noop_out_interval 0 conn[0].timeo.noop_out_timeout 0
login "$second"
cue pinged
[ "$(session state)" = LOGGED_IN ]
logout "$second"

say pings of the initiator are answered
settings "$second" conn[0].timeo.noop_out_interval 1 conn[0].timeo.noop_out_timeout 15
login "$second"
cue echoed
[ "$(session state)" = LOGGED_IN ]
logout "$second"
cue connections 0

if dmesg | grep -E 'I/O error|detected conn error|Sense Key|Buffer I/O'; then exit 1; fi

say bits change on the way
settings "$first" conn[0].iscsi.HeaderDigest CRC32C conn[0].iscsi.DataDigest CRC32C
login "$first"
disk=$(disk 0)
notices() { dmesg | grep -cE 'DataDigest error|detected conn error'; }
noticed() { [ "$(notices)" -gt "$before" ]; }
damage() {
  before=$(notices || true)
  cue damage "$1"
  await 60 noticed
}
damages() {
  damage initiator
  goes_on "a write changed on its way"
  damage target
}
during_io "$disk" damages
dmesg | grep -E 'DataDigest error|detected conn error'
if dmesg | grep -E 'I/O error|Buffer I/O'; then exit 1; fi
logout "$first"
cue connections 0
say sessions complete
