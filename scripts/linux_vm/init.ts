/**
 * What the guest runs as its first process.
 *
 * @module
 */

/** The guest's users. */
export const PASSWD = "root:x:0:0:root:/root:/bin/sh\n";

/** The guest's first process: file systems, modules, network, then the caller's script, its exit code and power off. */
export const INIT = `#!/usr/bin/busybox sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/guest/bin HOME=/root TERM=dumb
/usr/bin/busybox mkdir -p /guest/bin
/usr/bin/busybox --install -s /guest/bin
[ -e /bin/sh ] || ln -s busybox /usr/bin/sh
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
exec </dev/console >/dev/console 2>&1
hostname guest
code=0
while read -r module; do
  insmod "/guest/modules/$module.ko" || { echo "Cannot load kernel module $module"; code=125; }
done </guest/load
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up || code=125
route add default gw 10.0.2.2
tries=0
until [ "$(cat /sys/class/net/eth0/carrier)" = 1 ] || [ "$tries" = 50 ]; do sleep 0.1; tries=$((tries + 1)); done
cd /root
echo "$(cat /guest/marker) begins"
if [ "$code" = 0 ]; then
  setsid sh /guest/script </dev/null
  code=$?
fi
echo "$(cat /guest/marker) ends $code"
poweroff -f
`;
