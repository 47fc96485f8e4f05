#!/usr/bin/env bash
# Mounts that show other ids than their files have: idmap and ridmap, with the mount's mappings and the container's.
. "$(dirname "$0")/../../tools/harness.sh"
need jq

mkdir outside && touch outside/file && chown 1000:2000 outside/file
idmapped() { # idmapped JSON-OF-MOUNT CMD…
  make_bundle b "${@:2}"
  edit_config b --argjson m "$1" '.mounts += [$m]'
}
source_and() { printf '{"destination": "/m", "type": "bind", "source": "%s", %s}' "$SCRATCH/outside" "$1"; }

idmapped "$(source_and '"options": ["bind", "idmap"], "uidMappings": [{"containerID": 1000, "hostID": 5000, "size": 10}], "gidMappings": [{"containerID": 2000, "hostID": 6000, "size": 10}]')" \
  stat -c '%u %g' /m/file
if ! runtime run -b b "$(id_of probe)" >out 2>err && grep -q 'has to support idmapped mounts\|invalid argument' err; then
  skip "the file system of $SCRATCH has no idmapped mounts"
fi
expect_eq "$(cat out)" "5000 6000"
rm -r b

# The container's own: what belongs to host id 1000 is shown as inside.
idmapped "$(source_and '"options": ["rbind", "ridmap"]')" stat -c '%u %g' /m/file
edit_config b '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}]
  | .linux.gidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}]'
chown -R 100000:100000 b/rootfs && chmod 711 "$SCRATCH"
expect_ok runtime run -b b "$(id_of own)"
expect_eq "$OUT" "1000 2000"
rm -r b

idmapped "$(source_and '"options": ["bind", "idmap"]')" true
expect_fail 1 'mounts\[[0-9]+\].options: idmap without uidMappings and gidMappings needs a user namespace' -- runtime run -b b "$(id_of none)"
rm -r b
idmapped "$(source_and '"options": ["bind"], "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]')" true
expect_fail 1 'uidMappings and gidMappings go together' -- runtime run -b b "$(id_of half)"
rm -r b
idmapped '{"destination": "/m", "type": "tmpfs", "source": "tmpfs", "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]}' true
expect_fail 1 'only bind mounts are shown with other ids' -- runtime run -b b "$(id_of tmpfs)"
