# What a Linux host does where CHAP is asked for. Wants PORTAL and TARGET in the environment; any failure ends it.
. /guest.sh

# Settings of the target's record: name value ...
settings() {
  while [ "$#" -gt 0 ]; do
    iscsiadm -m node -T "$TARGET" -p "$PORTAL" -o update -n "node.session.auth.$1" -v "$2"
    shift 2
  done
}

login() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" --login; }
logout() { iscsiadm -m node -T "$TARGET" -p "$PORTAL" --logout; }

say daemon
iscsid
iscsiadm --version

say discovery without CHAP is refused
if iscsiadm -m discovery -t sendtargets -p "$PORTAL"; then exit 1; fi

say discovery with CHAP, one-way and mutual
discover() {
  iscsiadm -m discoverydb -t sendtargets -p "$PORTAL" -o new >/dev/null
  while [ "$#" -gt 0 ]; do
    iscsiadm -m discoverydb -t sendtargets -p "$PORTAL" -o update -n "discovery.sendtargets.auth.$1" -v "$2"
    shift 2
  done
  iscsiadm -m discoverydb -t sendtargets -p "$PORTAL" --discover | tee /tmp/found
  grep -q "$TARGET" /tmp/found
}
discover authmethod CHAP username dora password doras-secret-1
discover authmethod CHAP username erin password erins-secret-1 username_in lunbox password_in our-own-secret

say login without CHAP is refused
iscsiadm -m node -o new -T "$TARGET" -p "$PORTAL,1" >/dev/null
settings authmethod None
iscsiadm -m node -T "$TARGET" -p "$PORTAL" -o update -n node.session.initial_login_retry_max -v 1
if login; then exit 1; fi

for algorithms in MD5 SHA1 SHA256 SHA3-256 SHA3-256,SHA256,SHA1,MD5 MD5,SHA256; do
  say "one-way, $algorithms"
  settings authmethod CHAP chap_algs "$algorithms" username alice password alicesecret123
  login
  logout
done

for algorithms in MD5 SHA1 SHA256 SHA3-256; do
  say "mutual, $algorithms"
  settings chap_algs "$algorithms" username bob password bobs-secret-12 username_in lunbox password_in our-own-secret
  login
  iscsiadm -m session
  logout
done

say a wrong secret of ours is refused by the initiator
settings password_in not-our-secret
if login; then exit 1; fi

say a wrong secret of the initiator is refused by us
settings username alice password alicesecret124 username_in '' password_in ''
if login; then exit 1; fi

say story complete
