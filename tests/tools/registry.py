#!/usr/bin/env python3
"""A read-only registry on loopback for one OCI layout: `pull` needs no more, and it is there without the internet.

    registry.py --layout DIR [--port N] [--login USER:PASSWORD] [--tls CERT KEY] [--fault KIND=REGEX]...

Every repository name is that layout; tags are its ref.name annotations. The address stands in the first line of stderr
("listening on 127.0.0.1:PORT"), each request after it ("GET /v2/… 200"). Faults hit what REGEX finds in the request path:
status500, drop (half of the body, then the connection ends), flip (the last byte is wrong), empty, hold (half of the body,
the rest once DIR/go exists).
"""
import argparse
import base64
import hashlib
import http.server
import json
import os
import re
import ssl
import sys
import time

REF_NAME = "org.opencontainers.image.ref.name"


def make_handler(args, faults):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            fault = next((kind for kind, where in faults if where.search(self.path)), None)
            if fault == "status500":
                return self.problem(500, "UNKNOWN")
            if not self.allowed():
                return self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": 'Basic realm="test"'})
            if self.path in ("/v2", "/v2/"):
                return self.answer(b"{}", "application/json", fault)
            if self.path.endswith("/tags/list"):
                return self.answer(json.dumps({"name": self.path[4:-10], "tags": self.tags()}).encode(), "application/json", fault)
            match = re.fullmatch(r"/v2/(.+)/(manifests|blobs)/([^/]+)", self.path.partition("?")[0])
            if not match:
                return self.problem(404, "NAME_UNKNOWN")
            found = self.manifest(match[3]) if match[2] == "manifests" else self.blob(match[3])
            if found is None:
                return self.problem(404, "MANIFEST_UNKNOWN" if match[2] == "manifests" else "BLOB_UNKNOWN")
            self.answer(*found, fault)

        def allowed(self):
            if not args.login:
                return True
            return self.headers.get("Authorization") == "Basic " + base64.b64encode(args.login.encode()).decode()

        def entries(self):
            with open(os.path.join(args.layout, "index.json")) as f:
                return json.load(f)["manifests"]

        def tags(self):
            return [name for e in self.entries() if (name := e.get("annotations", {}).get(REF_NAME))]

        def blob(self, digest):
            algorithm, _, value = digest.partition(":")
            path = os.path.join(args.layout, "blobs", algorithm, value)
            if not re.fullmatch(r"[a-z0-9]+:[0-9a-f]+", digest) or not os.path.isfile(path):
                return None
            with open(path, "rb") as f:
                return f.read(), "application/octet-stream"

        def manifest(self, name):
            entry = next((e for e in self.entries() if name in (e["digest"], e.get("annotations", {}).get(REF_NAME))), None)
            digest = entry["digest"] if entry else name
            found = self.blob(digest)
            if found is None:
                return None
            try:
                media_type = json.loads(found[0]).get("mediaType")
            except ValueError:
                media_type = None
            return found[0], media_type or (entry or {}).get("mediaType", "application/json")

        def answer(self, data, media_type, fault):
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            total, status, first = len(data), 200, 0
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if wanted and int(wanted[1]) < total:
                status, first = 206, int(wanted[1])
                data = data[first:int(wanted[2]) + 1 if wanted[2] else None]
            if fault == "flip" and data:
                data = data[:-1] + bytes([data[-1] ^ 1])
            if fault == "empty":
                data = b""
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(data)))
            if fault != "flip":
                self.send_header("Docker-Content-Digest", digest)
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{first + len(data) - 1}/{total}")
            self.end_headers()
            if self.command == "HEAD":
                return
            if fault == "drop":
                self.wfile.write(data[:len(data) // 2])
                self.close_connection = True
            elif fault == "hold":
                self.wfile.write(data[:len(data) // 2])
                while not os.path.exists(os.path.join(args.layout, "go")):
                    time.sleep(0.02)
                self.wfile.write(data[len(data) // 2:])
            else:
                self.wfile.write(data)

        def problem(self, status, code, headers=None):
            body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_request(self, code="-", size="-"):
            # In one write: requests are answered side by side.
            sys.stderr.write(f"{self.command} {self.path} {getattr(code, 'value', code)}\n")
            sys.stderr.flush()

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--layout", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--fault", action="append", default=[])
    args = parser.parse_args()
    faults = [(kind, re.compile(where)) for kind, _, where in (f.partition("=") for f in args.fault)]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), make_handler(args, faults))
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*args.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening on 127.0.0.1:%d" % server.server_address[1], file=sys.stderr, flush=True)
    server.serve_forever()


main()
