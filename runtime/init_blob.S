// The built program of runtime/init, as data.
    .section .rodata
    .balign 16
    .globl oci_init_begin, oci_init_end
oci_init_begin:
    .incbin OCI_INIT_PATH
oci_init_end:
    .section .note.GNU-stack, "", %progbits
