# The harness, and the image that the captures are of, as layout:latest.
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/harness.sh"
export SCRATCH
make_rootfs rootfs
mkdir outside
printf 'web:x:101:102:Web:/srv/web:/bin/sh\n' >>rootfs/etc/passwd
printf 'wheel:x:10:root,web\nweb:x:102:\n' >>rootfs/etc/group
make_image layout:latest --layer rootfs --config '{"Cmd": ["sleep", "1000"], "Env": ["PATH=/usr/local/bin:/bin", "FROM=image"],
  "WorkingDir": "/srv", "ExposedPorts": {"80/tcp": {}}, "StopSignal": "SIGQUIT", "Labels": {"vendor": "somebody"},
  "Volumes": {"/data": {}}}' >/dev/null
