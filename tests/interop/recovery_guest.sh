# What a Linux host does when connection, server or disk are taken from it in the middle of I/O. Wants HOST, TARGET and the
# port FIRST in the environment; any failure ends it.
. /guest.sh

portal=$HOST:$FIRST
node() { iscsiadm -m node -T "$TARGET" -p "$portal" "$@" >/dev/null; }

# Events of the log of the kernel until now.
logged() { dmesg | grep -c "$1" || true; }

node -o new
# A silent server is to be found out soon.
node -o update -n node.conn[0].timeo.noop_out_interval -v 1
node -o update -n node.conn[0].timeo.noop_out_timeout -v 5
node -o update -n node.conn[0].timeo.login_timeout -v 5
node --login
disk=$(disk 0)

missed() { [ "$(logged "ping timeout")" -gt "$pings" ]; }

trouble() {
  say the connection is cut
  cue cut
  goes_on cut

  say the server is killed, and another one started
  cue kill
  goes_on kill

  say the server stops as it is asked to, and another one is started
  cue restart
  goes_on restart

  # Linux has no reset of the bus and of the host for iSCSI.
  for scope in --device --target; do
    say "sg_reset $scope"
    attentions=$(logged "Power-on or device reset occurred")
    sg_reset "$scope" --no-esc "$disk"
    goes_on "$scope"
    [ "$(logged "Power-on or device reset occurred")" -gt "$attentions" ]
  done

  say the server falls silent
  pings=$(logged "ping timeout")
  cue silence
  await 60 missed
  cue speech
}
during_io "$disk" trouble

if dmesg | grep -E 'I/O error|Buffer I/O'; then exit 1; fi
node --logout
cue connections 0
node -o delete
say recovery complete
