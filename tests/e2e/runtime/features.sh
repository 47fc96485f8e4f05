#!/usr/bin/env bash
# features says what is so: it is the specification's form, each mount option it names is taken, and what it does not name is not.
. "$(dirname "$0")/../../tools/harness.sh"

features=$(runtime features)
for key in ociVersionMin ociVersionMax hooks mountOptions linux; do expect_eq "$(jq "has(\"$key\")" <<<"$features")" true "$key"; done
schemas=${OCI_SPECS:-$SOURCE/../shared/specs}/runtime-spec/schema
if [ -d "$schemas" ]; then
  need python3
  expect_ok python3 - "$schemas" "$features" <<'P'
import json, os, sys
import jsonschema
folder, text = sys.argv[1:]
store = {}
for name in os.listdir(folder):
    with open(os.path.join(folder, name)) as file: store["file://" + os.path.join(folder, name)] = json.load(file)
schema = "file://" + os.path.join(folder, "features-schema.json")
resolver = jsonschema.RefResolver(schema, store[schema], store=store)
jsonschema.Draft4Validator(store[schema], resolver=resolver).validate(json.loads(text))
P
fi

id=$(id_of option)
make_bundle b true
mkdir -p b/rootfs/mnt
cp b/config.json plain.json
for option in $(jq -r '.mountOptions[] | select(. != "idmap" and . != "ridmap" and . != "remount" and . != "mand")' <<<"$features"); do
  jq --arg o "$option" '.mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs", options: [$o]}]' plain.json >b/config.json
  case $option in *bind) edit_config b '.mounts[-1] += {type: "bind", source: "/usr"}' ;; esac
  expect_ok runtime run -b b "$id" </dev/null
done
for action in $(jq -r '.linux.seccomp.actions[] | select(. != "SCMP_ACT_NOTIFY")' <<<"$features"); do
  jq --arg a "$action" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["sethostname"], action: $a}]}' plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
done
for flag in $(jq -r '.linux.seccomp.supportedFlags[]' <<<"$features"); do
  jq --arg f "$flag" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: [$f]}' plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
done
for arch in $(jq -r '.linux.seccomp.archs[]' <<<"$features"); do
  jq --arg a "$arch" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: [$a]}' plain.json >b/config.json
  expect_ok runtime run -b b "$id" </dev/null
done
