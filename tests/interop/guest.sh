# What the stories of the Linux guest have in common; they read it with `. /guest.sh`. Wants HOST in the environment,
# and CUES, the port of the test, where a story has cues.
set -eu

# With the seconds since the boot.
say() { echo "== $(cut -d. -f1 /proc/uptime) s: $*"; }

# Waits until a command succeeds, for so many seconds at most.
await() {
  limit=$(($(date +%s) + $1))
  shift
  until "$@" >/tmp/awaited 2>&1; do
    if [ "$(date +%s)" -ge "$limit" ]; then
      echo "waited in vain for: $*" >&2
      cat /tmp/awaited >&2
      return 1
    fi
    sleep 0.2
  done
}

# Has the test do something, and waits until it is done.
cue() {
  said=$(echo "$*" | nc "$HOST" "$CUES")
  say "cue $*: $said"
  [ "$said" = done ]
}

# The names of the disks of a LUN, one for each path to it.
disks_of() {
  for path in /sys/class/scsi_disk/*:"$1"/device/block/*; do
    if [ -e "$path" ]; then echo "${path##*/}"; fi
  done
}

has_disks() { [ "$(disks_of "$1" | wc -l)" = "$2" ]; }

# The disk of a LUN, once the kernel has found it.
disk() {
  await 40 has_disks "$1" 1
  echo "/dev/$(disks_of "$1")"
}

# Logs in to TARGET at PORTAL, both in the environment. The record is made by hand: behind QEMU's network the address that
# discovery found may be one that only the host has.
log_in() {
  iscsid
  iscsiadm -m discovery -t sendtargets -p "$PORTAL" | tee /tmp/found
  grep -q "$TARGET" /tmp/found
  iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL,1" >/dev/null
  iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login >/dev/null
}

log_out() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout >/dev/null; }

# Writes to an area of a disk, 0, 1 or 2: each round other bytes, which it reads back past every cache and compares.
# Ends when /tmp/enough appears.
writer() {
  round=0
  # Many commands at once out of the cache, or one after the other past it.
  if [ "$2" = 0 ]; then flag=oflag=direct; else flag=conv=fsync; fi
  while [ ! -e /tmp/enough ]; do
    round=$((round + 1))
    part=$(((round * 7 + $2) % 32))
    dd if=/tmp/random of="$1" bs=256k skip="$part" seek=$(($2 * 32)) count=8 "$flag" 2>"/tmp/complaint.$2" || return 1
    dd if="$1" of="/tmp/back.$2" bs=256k skip=$(($2 * 32)) count=8 iflag=direct 2>"/tmp/complaint.$2" || return 1
    dd if=/tmp/random bs=256k skip="$part" count=8 2>/dev/null | cmp - "/tmp/back.$2" || return 1
    echo "$round" >"/tmp/round.$2"
  done
}

note_rounds() { for number in 0 1 2; do cat "/tmp/round.$number" >"/tmp/seen.$number"; done; }

# Every writer has done a round more than had been noted.
went_on() {
  for number in 0 1 2; do
    [ "$(cat "/tmp/round.$number")" -ge $(($(cat "/tmp/seen.$number") + 1)) ] || return 1
  done
}

# I/O goes on from here: a round of each writer ends that had not yet.
goes_on() {
  note_rounds
  await 90 went_on || complain "after: $1"
}

# Has writers at work on a disk while something happens to it, and sees that I/O goes on after that, every byte right.
during_io() {
  busy=$1
  shift
  rm -f /tmp/enough
  writers=
  for number in 0 1 2; do
    echo 0 >"/tmp/round.$number"
    writer "$busy" "$number" &
    writers="$writers $!"
  done
  goes_on nothing
  "$@"
  # The round in which it happened, and a whole one.
  goes_on "$*"
  goes_on "$*"
  touch /tmp/enough
  for writer in $writers; do
    wait "$writer" || complain "during: $*"
  done
  say "rounds of I/O: $(cat /tmp/round.* | tr '\n' ' ')"
}

complain() {
  echo "I/O failed $1" >&2
  cat /tmp/complaint.* >&2
  dmesg | tail -20 >&2
  exit 1
}
