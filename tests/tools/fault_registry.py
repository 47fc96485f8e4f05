#!/usr/bin/env python3
"""A registry on loopback that misbehaves as the repository's name says; the image is the one of an OCI layout.

    fault_registry.py --layout DIR --log FILE [--tls CERT KEY] [--pace BYTES]

Serves TAG "latest" of any repository FAULT or FAULT/…; `ok` behaves well. Lines on stderr: "listening on 127.0.0.1:PORT",
then "attacker on 127.0.0.1:PORT": a second server that some faults point to. FILE gets a JSON line for each request to
either: {"server", "method", "path", "headers", "status", "sent"}; `sent` counts the body's bytes.
"""
import argparse
import base64
import hashlib
import http.server
import json
import os
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse

LOGIN = "user:secret-password"
CUT = 100_000  # bytes until a broken connection


class Image:
    def __init__(self, layout):
        self.layout = layout
        with open(os.path.join(layout, "index.json")) as f:
            self.descriptor = json.load(f)["manifests"][0]
        self.manifest = self.blob(self.descriptor["digest"])
        self.layers = [layer["digest"] for layer in json.loads(self.manifest)["layers"]]

    def blob(self, digest):
        path = os.path.join(self.layout, "blobs/sha256", digest[7:])
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as f:
            return f.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts = {}  # of requests by (fault, path)
    lock = threading.Lock()

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    do_PATCH = do_PUT = do_POST

    def do_GET(self):
        self.status, self.sent = 0, 0
        try:
            self.route()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.server.note(self)

    def route(self):
        path = urllib.parse.urlparse(self.path).path
        if self.server.is_attacker:
            return self.attack(path)
        if path == "/v2/":
            return self.reply(200, b"{}")
        if path.startswith("/token"):
            return self.token(path)
        if path == "/v2/odd-tags/tags/list":
            return self.odd_tags()
        if path == "/v2/endless-tags/tags/list":
            return self.endless_tags()
        if path.startswith("/v2/elsewhere/"):
            return self.lead_elsewhere(path)
        if path.startswith("/v2/accepts/"):
            return self.accept(path)
        match = re.fullmatch(r"/v2/([a-z0-9-]+)(?:/[a-z0-9-]+)*/(manifests|blobs)/([^/]+)", path)
        if not match:
            return self.problem(404, "NAME_UNKNOWN")
        with self.lock:
            key = (match[1], path)
            self.count = self.counts[key] = self.counts.get(key, 0) + 1
        method = getattr(self, "fault_" + match[1].replace("-", "_"), None)
        if method is None:
            return self.problem(404, "NAME_UNKNOWN")
        method(match[2], match[3])

    # --- what behaves well

    def serve(self, kind, name, **more):
        if kind == "manifests":
            if name not in ("latest", self.image.descriptor["digest"]):
                return self.problem(404, "MANIFEST_UNKNOWN")
            return self.reply(200, self.image.manifest, {"Content-Type": self.image.descriptor["mediaType"]}, **more)
        data = self.image.blob(name)
        if data is None:
            return self.problem(404, "BLOB_UNKNOWN")
        return self.reply(200, data, {"Content-Type": "application/octet-stream"}, **more)

    def reply(self, status, data, headers=None, ranges=True, cut=None, length=None, pace=None):
        """cut: the connection breaks after so many bytes. length: a false Content-Length. pace: seconds between bytes."""
        headers = dict(headers or {})
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if ranges and status == 200 else None
        if wanted:
            first = int(wanted[1])
            if first >= len(data):
                return self.problem(416, "RANGE_INVALID")
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            status, data = 206, data[first:]
        self.begin(status, headers, len(data) if length is None else length)
        if self.command == "HEAD":
            return
        if pace:
            for byte in data:
                self.send(bytes([byte]))
                time.sleep(pace)
        self.send(data if cut is None else data[:cut])
        if cut is not None and cut < len(data):
            self.close_connection = True

    def begin(self, status, headers, length=None):
        self.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def send(self, data):
        self.wfile.write(data)
        self.sent += len(data)

    def endless(self, status, headers, piece):
        self.begin(status, headers)
        self.close_connection = True
        while True:
            self.send(piece)

    def problem(self, status, code, headers=None):
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
        self.reply(status, body, {"Content-Type": "application/json", **(headers or {})})

    def is_big(self, kind, name):
        return kind == "blobs" and name == self.image.layers[0]

    def base(self):
        return f"{'https' if self.server.tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"

    def attacker(self):
        return f"http://127.0.0.1:{self.server.attacker_port or self.server.server_address[1]}"

    fault_ok = serve

    # --- blobs

    def fault_wrong_digest(self, kind, name):
        data = self.image.blob(name) if self.is_big(kind, name) else None
        if data is None:
            return self.serve(kind, name)
        self.reply(200, data[:-1] + bytes([data[-1] ^ 1]))

    def fault_longer(self, kind, name):
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.reply(200, self.image.blob(name) + b"x" * 1000)

    def fault_shorter(self, kind, name):
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.reply(200, self.image.blob(name)[:-1000], ranges=False)

    def fault_endless_blob(self, kind, name):
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.endless(200, {}, b"\0" * 65536)

    def fault_cut(self, kind, name):
        self.serve(kind, name, cut=CUT * self.count if kind == "blobs" else None)

    def fault_cut_once_no_ranges(self, kind, name):
        self.serve(kind, name, ranges=False, cut=CUT if kind == "blobs" and self.count == 1 else None)

    def fault_cut_always(self, kind, name):
        self.serve(kind, name, ranges=False, cut=CUT if kind == "blobs" else None)

    def fault_wrong_range(self, kind, name):
        if kind == "blobs" and self.headers.get("Range"):
            return self.reply(206, self.image.blob(name), {"Content-Range": "bytes 0-9/10"})
        self.serve(kind, name, cut=CUT if kind == "blobs" else None)

    def fault_slow_layer(self, kind, name):
        """Half a second for each 100 KB, so that there is time to kill or to overtake."""
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        data = self.image.blob(name)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(wanted[1]) if wanted else 0
        self.begin(206 if wanted else 200, {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"} if wanted else {},
                   len(data) - first)
        for at in range(first, len(data), CUT):
            self.send(data[at:at + CUT])
            time.sleep(0.5)

    def fault_paced(self, kind, name):
        """Each blob at --pace bytes a second; little of it is on the way at a time."""
        if kind != "blobs":
            return self.serve(kind, name)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        data, wanted = self.image.blob(name), re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(wanted[1]) if wanted else 0
        self.begin(206 if wanted else 200, {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"} if wanted else {},
                   len(data) - first)
        piece = max(16384, self.server.pace // 200)
        for at in range(first, len(data), piece):
            self.send(data[at:at + piece])
            time.sleep(piece / self.server.pace)

    def fault_stall(self, kind, name):
        """Some bytes, and then silence on an open connection."""
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        data = self.image.blob(name)
        self.begin(200, {}, len(data))
        self.send(data[:CUT])
        time.sleep(20)
        self.close_connection = True

    def fault_stall_once(self, kind, name):
        self.fault_stall(kind, name) if self.count == 1 else self.serve(kind, name)

    def fault_endless_extension(self, kind, name):
        """A chunk's extension that never ends: bytes arrive, the body does not."""
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.begin(200, {"Transfer-Encoding": "chunked"})
        self.close_connection = True
        self.wfile.write(b"1;")
        while True:
            self.wfile.write(b"x" * 1000)
            time.sleep(0.01)

    def fault_endless_trailers(self, kind, name):
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.begin(200, {"Transfer-Encoding": "chunked"})
        self.close_connection = True
        self.wfile.write(b"1\r\nx\r\n0\r\n")
        while True:
            self.wfile.write(b"X-More: yes\r\n")

    def fault_endless_interim(self, kind, name):
        """100 Continue for ever."""
        self.close_connection = True
        while True:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\nX-More: yes\r\n\r\n")

    def fault_changed(self, kind, name):
        """What follows the break is of another blob."""
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        data = self.image.blob(name)
        if self.headers.get("Range"):
            data = bytes(byte ^ 1 for byte in data)
        self.reply(200, data, cut=CUT if self.count == 1 else None)

    # --- schema 1

    def schema1(self):
        """The image as Docker's schema 1: what is signed, and the whole. Its history has a step that changed no file."""
        manifest = json.loads(self.image.manifest)
        config = json.loads(self.image.blob(manifest["config"]["digest"]))
        steps = [{"id": f"{i:064x}", "created": f"2014-01-0{i + 1}T00:00:00Z", "container_config": {"Cmd": ["sh", "-c", f"step {i}"]}, **({"parent": f"{i - 1:064x}"} if i else {})}
                 for i in range(len(self.image.layers))]
        blobs = list(self.image.layers)
        steps.append({"id": "f" * 64, "parent": f"{len(steps) - 1:064x}", "created": "2015-01-01T00:00:00Z", "os": "linux", "throwaway": True,
                      "architecture": config["architecture"], "config": config.get("config", {}), "author": "me <me@here>",
                      "container_config": {"Cmd": ["CMD"]}, "docker_version": "1.9.1"})
        blobs.append("sha256:" + "a" * 64)  # not there, and not needed
        document = {"schemaVersion": 1, "name": "schema1", "tag": "latest", "architecture": config["architecture"],
                    "fsLayers": [{"blobSum": blob} for blob in reversed(blobs)],
                    "history": [{"v1Compatibility": json.dumps(step)} for step in reversed(steps)]}
        text = json.dumps(document, indent=3)
        encode = lambda data: base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")
        protected = encode(json.dumps({"formatLength": len(text) - 2, "formatTail": encode(text[-2:])}))
        signatures = [{"header": {"alg": "ES256"}, "signature": "AA", "protected": protected}]
        return text.encode(), (text[:-2] + ',\n   "signatures": ' + json.dumps(signatures) + text[-2:]).encode()

    def serve_schema1(self, kind, name, payload, text, media_type):
        if kind == "blobs":
            return self.serve(kind, name)
        if name not in ("latest", "sha256:" + hashlib.sha256(payload).hexdigest()):
            return self.problem(404, "MANIFEST_UNKNOWN")
        self.reply(200, text, {"Content-Type": media_type})

    def fault_schema1(self, kind, name):
        payload, text = self.schema1()
        self.serve_schema1(kind, name, payload, text, "application/vnd.docker.distribution.manifest.v1+prettyjws")

    def fault_schema1_unsigned(self, kind, name):
        payload, _ = self.schema1()
        self.serve_schema1(kind, name, payload, payload, "application/vnd.docker.distribution.manifest.v1+json")

    def fault_schema1_swapped(self, kind, name):
        """What is signed has the digest; what stands beside the signatures are other layers."""
        payload, text = self.schema1()
        self.serve_schema1(kind, name, payload, text.replace(b'"signatures"', b'"fsLayers": [], "signatures"'),
                           "application/vnd.docker.distribution.manifest.v1+prettyjws")

    # --- documents

    def fault_deep(self, kind, name):
        """Indexes within indexes, without an image."""
        documents, entry = {}, {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + "0" * 64, "size": 2}
        for _ in range(12):
            entry["platform"] = {"os": "linux", "architecture": "amd64"}
            text = json.dumps({"schemaVersion": 2, "mediaType": entry["mediaType"], "manifests": [entry]}).encode()
            digest = "sha256:" + hashlib.sha256(text).hexdigest()
            documents[digest] = text
            entry = {"mediaType": entry["mediaType"], "digest": digest, "size": len(text)}
        documents["latest"] = text
        if name not in documents:
            return self.problem(404, "MANIFEST_UNKNOWN")
        self.reply(200, documents[name], {"Content-Type": entry["mediaType"]})

    def document(self, kind, name, data, headers=None):
        if kind == "blobs":
            return self.serve(kind, name)
        self.reply(200, data, {"Content-Type": self.image.descriptor["mediaType"], **(headers or {})})

    def fault_bad_json(self, kind, name):
        self.document(kind, name, b'{"schemaVersion": 2, "layers": [}')

    def fault_html(self, kind, name):
        self.document(kind, name, b"<html>hello</html>", {"Content-Type": "text/html"})

    def fault_type_lie(self, kind, name):
        self.document(kind, name, self.image.manifest, {"Content-Type": "application/vnd.oci.image.index.v1+json"})

    def fault_digest_lie(self, kind, name):
        self.document(kind, name, self.image.manifest, {"Docker-Content-Digest": "sha256:" + "0" * 64})

    def fault_other_manifest(self, kind, name):
        self.document(kind, name, self.image.manifest + b"\n")

    def fault_both(self, kind, name):
        manifest = json.loads(self.image.manifest)
        manifest["manifests"] = []
        self.document(kind, name, json.dumps(manifest).encode())

    def fault_duplicate_keys(self, kind, name):
        self.document(kind, name, self.image.manifest[:-1] + b',"layers":[]}')

    def fault_negative_size(self, kind, name):
        self.document(kind, name, re.sub(rb'"size": *\d+', b'"size":-1', self.image.manifest))

    def fault_path_digest(self, kind, name):
        self.document(kind, name, self.image.manifest.replace(self.image.layers[0].encode(), b"sha256:../../../../etc/passwd"))

    def fault_gzip_manifest(self, kind, name):
        self.document(kind, name, self.image.manifest, {"Content-Encoding": "gzip"})

    def fault_endless_manifest(self, kind, name):
        self.endless(200, {"Content-Type": self.image.descriptor["mediaType"]}, b" " * 65536)

    def fault_endless_error(self, kind, name):
        self.endless(500, {"Content-Type": "application/json"}, b" " * 65536)

    def fault_many_headers(self, kind, name):
        self.reply(200, self.image.manifest, {f"X-{i}": "x" * 50 for i in range(10_000)})

    def fault_long_header(self, kind, name):
        self.reply(200, b"{}", {"X-Long": "x" * 500_000})

    def fault_escapes(self, kind, name):
        self.reply(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"\\u001b[2Jgone"}]}')

    def fault_null_error(self, kind, name):
        self.reply(404, b'{"errors":[null]}', {"Content-Type": "application/json"})

    def fault_nothing_said(self, kind, name):
        self.reply(404, b"")

    # --- statuses

    def fault_busy(self, kind, name):
        if self.count <= 2:
            return self.problem(503, "UNAVAILABLE")
        self.serve(kind, name)

    def later(self, kind, name, after):
        if self.count == 1:
            return self.problem(429, "TOOMANYREQUESTS", {"Retry-After": after})
        self.serve(kind, name)

    def fault_storm(self, kind, name):
        """Every request of a layer, again and again."""
        if not self.is_big(kind, name):
            return self.serve(kind, name)
        self.problem(503, "UNAVAILABLE")

    def fault_later_1(self, kind, name):
        self.later(kind, name, "1")

    def fault_later_0(self, kind, name):
        self.later(kind, name, "0")

    def fault_later_date(self, kind, name):
        self.later(kind, name, self.date_time_string(time.time() + 2))

    def fault_later_rubbish(self, kind, name):
        self.later(kind, name, "soon\x07")

    def fault_later_never(self, kind, name):
        self.later(kind, name, "999999")

    def fault_broken(self, kind, name):
        self.problem(500, "UNKNOWN")

    # --- redirects

    def redirect(self, to, status=307):
        self.reply(status, b"", {"Location": to})

    def fault_redirect(self, kind, name):
        """Asks for a login; blobs are elsewhere."""
        if not self.logged_in_basic():
            return self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": 'Basic realm="test"'})
        if kind == "manifests":
            return self.serve(kind, name)
        self.redirect(f"{self.attacker()}/blob/{name}?signature=secret-signature")

    def fault_redirect_to_login(self, kind, name):
        if not self.logged_in_basic():
            return self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": 'Basic realm="test"'})
        if kind == "manifests":
            return self.serve(kind, name)
        self.redirect(f"{self.attacker()}/login")

    def fault_redirect_loop(self, kind, name):
        self.redirect(self.path)

    def fault_redirect_nowhere(self, kind, name):
        self.reply(302, b"")

    def fault_redirect_file(self, kind, name):
        self.redirect("file:///etc/passwd")

    def fault_redirect_http_elsewhere(self, kind, name):
        self.redirect("http://registry.invalid/x")

    def fault_foreign(self, kind, name):
        manifest = json.loads(self.image.manifest)
        manifest["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
        manifest["layers"][0]["urls"] = [f"{self.attacker()}/foreign"]
        if kind == "manifests":
            return self.reply(200, json.dumps(manifest).encode(), {"Content-Type": self.image.descriptor["mediaType"]})
        if name != manifest["layers"][0]["digest"]:
            return self.serve(kind, name)
        self.problem(404, "BLOB_UNKNOWN")

    # --- logins

    def logged_in_basic(self):
        return self.headers.get("Authorization") == "Basic " + base64.b64encode(LOGIN.encode()).decode()

    def bearer(self, kind, name, realm, token="good", service="test", scope=None):
        if self.headers.get("Authorization") == f"Bearer {token}":
            return self.serve(kind, name)
        scope = scope or f"repository:{self.path.split('/')[2]}:pull"
        challenge = f'Bearer realm="{realm}",service="{service}",scope="{scope}"'
        self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": challenge})

    def token(self, path):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        if path == "/token-endless":
            return self.endless(200, {}, b" " * 65536)
        if path == "/token-redirect":
            return self.redirect(f"{self.attacker()}/token")
        if path == "/token-bad-json":
            return self.reply(200, b"secret-token")
        if path == "/token-login" and not self.logged_in_basic():
            return self.problem(401, "UNAUTHORIZED")
        if not query.get("scope", "").startswith("repository:") or query.get("service") != "test":
            return self.problem(400, "BAD_SCOPE")
        self.reply(200, json.dumps({"token": "good", "expires_in": 60}).encode())

    def fault_bearer(self, kind, name):
        self.bearer(kind, name, self.base() + "/token")

    def fault_bearer_login(self, kind, name):
        self.bearer(kind, name, self.base() + "/token-login")

    def fault_bearer_endless(self, kind, name):
        self.bearer(kind, name, self.base() + "/token-endless")

    def fault_bearer_redirect(self, kind, name):
        self.bearer(kind, name, self.base() + "/token-redirect")

    def fault_bearer_bad_json(self, kind, name):
        self.bearer(kind, name, self.base() + "/token-bad-json")

    def fault_bearer_loop(self, kind, name):
        """No token is ever good, and each time another realm is named."""
        self.bearer(kind, name, f"{self.base()}/token-{self.count}", token="none")

    def fault_bearer_file(self, kind, name):
        self.bearer(kind, name, "file:///etc/passwd")

    def fault_bearer_http_elsewhere(self, kind, name):
        self.bearer(kind, name, "http://auth.invalid/token")

    def fault_denied(self, kind, name):
        self.problem(403, "DENIED")

    def accept(self, path):
        """Takes every upload, keeps none, and mounts nothing. What is sent to accepts/flaky breaks at first, then is refused once."""
        if self.command == "PATCH" and path.startswith("/v2/accepts/flaky/"):
            with self.lock:
                self.count = self.counts["flaky"] = self.counts.get("flaky", 0) + 1
            if self.count == 1:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if self.count == 2:
                return self.problem(503, "UNAVAILABLE")
        if path.endswith("/uploads/") or self.command == "PATCH":
            return self.reply(202, b"", {"Location": path.rsplit("/uploads/", 1)[0] + "/uploads/begun"})
        if self.command == "PUT":
            return self.reply(201, b"")
        self.problem(404, "BLOB_UNKNOWN")

    # --- the other server

    # Names that are no tags, one of them long enough to end a recursive matcher.
    def endless_tags(self):
        """Each page leads to another one."""
        query = urllib.parse.urlparse(self.path).query
        page = int(query.partition("=")[2] or 0)
        self.reply(200, b'{"tags":[]}', {"Link": '</v2/endless-tags/tags/list?last=%d>; rel="next"' % (page + 1)})

    def odd_tags(self):
        tags = ["good", "", "\x1b[2Jgone", "a b", "x:y", "x" * 400_000, 7, None]
        self.reply(200, json.dumps({"name": "odd-tags", "tags": tags}).encode())

    # Tags whose next page, and uploads whose next step, another server has; after a login.
    def lead_elsewhere(self, path):
        if "Authorization" not in self.headers:
            return self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": 'Basic realm="here"'})
        if path.endswith("/tags/list"):
            link = f'<{self.attacker()}/v2/elsewhere/tags/list?last=a>; rel="next"'
            return self.reply(200, b'{"name":"elsewhere","tags":["a"]}', {"Link": link})
        if path.endswith("/uploads/"):
            return self.reply(202, b"", {"Location": f"{self.attacker()}/upload"})
        if self.command == "PUT":
            return self.reply(201, b"")
        self.problem(404, "BLOB_UNKNOWN")

    def attack(self, path):
        if path == "/upload":
            return self.reply(202 if self.command == "PATCH" else 201, b"", {"Location": f"{self.attacker()}/upload"})
        if path.startswith("/blob/"):
            data = self.image.blob(path[6:])
            return self.reply(200, data) if data else self.problem(404, "BLOB_UNKNOWN")
        if path == "/login":
            return self.problem(401, "UNAUTHORIZED", {"WWW-Authenticate": f'Bearer realm="http://127.0.0.1:{self.server.server_address[1]}/token"'})
        self.reply(200, b'{"token":"stolen"}')

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, handler, log, attacker_port=None, tls=None, pace=1):
        super().__init__(("127.0.0.1", 0), handler)
        self.pace = pace
        self.log, self.attacker_port, self.is_attacker, self.tls = log, attacker_port, attacker_port is None, tls
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def note(self, request):
        line = {"server": "attacker" if self.is_attacker else "registry", "method": request.command, "path": request.path,
                "headers": dict(request.headers), "status": request.status, "sent": request.sent}
        with Handler.lock:
            self.log.write(json.dumps(line) + "\n")
            self.log.flush()

    def handle_error(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--layout", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--pace", type=int, default=1 << 20)
    args = parser.parse_args()
    Handler.image = Image(args.layout)
    log = open(args.log, "a")
    attacker = Server(Handler, log)
    threading.Thread(target=attacker.serve_forever, daemon=True).start()
    registry = Server(Handler, log, attacker.server_address[1], args.tls, args.pace)
    print(f"listening on 127.0.0.1:{registry.server_address[1]}", file=sys.stderr, flush=True)
    print(f"attacker on 127.0.0.1:{attacker.server_address[1]}", file=sys.stderr, flush=True)
    registry.serve_forever()


main()
