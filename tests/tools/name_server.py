#!/usr/bin/env python3
"""A name server for tests: name_server.py ADDRESS NAME IP… answers A questions for NAME with IP, all others with "no such name"."""
import socket
import struct
import sys


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels).lower(), struct.unpack("!H", packet[at + 1:at + 3])[0], packet[12:at + 5]


def answer(packet, known):
    name, kind, asked = question(packet)
    found = known.get(name)
    records = b""
    if found and kind == 1:
        records = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(found)
    return packet[:2] + struct.pack("!HHHHH", 0x8180 if found else 0x8183, 1, bool(records), 0, 0) + asked + records


def main():
    address, *pairs = sys.argv[1:]
    known = dict(zip(pairs[::2], pairs[1::2]))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    print("ready", flush=True)
    while True:
        packet, sender = server.recvfrom(512)
        server.sendto(answer(packet, known), sender)


main()
