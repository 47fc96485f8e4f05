# For the tests of what makes and changes images. `umoci ARG…` is our program called so (set UMOCI_UNDER_TEST to another's
# path to see that what is said here is true of umoci itself).
. "$(dirname "${BASH_SOURCE[0]}")/../../tools/harness.sh"

if [ -z "${UMOCI_UNDER_TEST:-}" ]; then
  mkdir -p "$SCRATCH/bin"
  ln -sf "$OCI" "$SCRATCH/bin/umoci"
  UMOCI_UNDER_TEST=$SCRATCH/bin/umoci
fi
umoci() { "$UMOCI_UNDER_TEST" "$@"; }

export SOURCE_DATE_EPOCH=1700000000
L=$SCRATCH/L

# state_of LAYOUT: all its files' names and contents, to see that nothing changed
state_of() { (cd "$1" && find . -type f ! -name '.umoci-*' -exec sha256sum {} + | sort); }

# refused ARG…: fails with status 1 and leaves $L as it is
refused() {
  local before
  before=$(state_of "$L")
  expect_fail 1 -- umoci "$@"
  expect_eq "$before" "$(state_of "$L")" "the layout after umoci $*"
}

manifest_of() { umoci stat --json --image "$L:$1" | jq -c .manifest.blob; }
config_of() { umoci stat --json --image "$L:$1" | jq -c .config.blob; }
history_of() { umoci stat --json --image "$L:$1" | jq -c .history; }
