#!/usr/bin/env bash
# A container whose limit of memory is 2 MiB starts: init and what is charged to it before the program is small.
# peers: crun
. "$(dirname "$0")/../../tools/harness.sh"
need jq

# A program without a C library, so that the program itself does not need more than the limit.
need cc
cat >tiny.c <<'END'
#if defined(__x86_64__)
__asm__(".globl _start\n_start: mov $60, %eax\n mov $7, %edi\n syscall\n");
#else
__asm__(".globl _start\n_start: mov x8, #93\n mov x0, #7\n svc 0\n");
#endif
END
make_bundle b /bin/tiny
cc -static -nostdlib -o b/rootfs/bin/tiny tiny.c
edit_config b '.linux.resources.memory = {"limit": 2097152}'
expect_fail 7 -- runtime run -b b "$(id_of run)"
# With the least that kernels and programs want for themselves, busybox runs too.
make_bundle c sh -c 'exit 3'
edit_config c '.linux.resources.memory = {"limit": 2097152}'
expect_fail 3 -- runtime run -b c "$(id_of shell)"
