# Runs in a machine whose UEFI has loaded Linux from a LUN: takes the LUN over by what the firmware left in its table.
set -eu
cd /sys/firmware/ibft
for file in initiator/initiator-name target0/target-name target0/ip-addr target0/port target0/chap-name; do
  echo "$file: $(cat "$file")"
done
iscsistart -b
tries=0
until [ -b /dev/sda2 ] || [ "$tries" = 100 ]; do sleep 0.1; tries=$((tries + 1)); done
mount /dev/sda2 /mnt
sha256sum /mnt/question | cut -d ' ' -f 1 >/mnt/answer
umount /mnt
echo "== taken over"
