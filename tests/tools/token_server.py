#!/usr/bin/env python3
"""A token server for docker-registry (distribution, "Token authentication"): GET with Basic, POST with a refresh token.

token_server.py --cert FILE --key FILE --user USER:PASSWORD --refresh TOKEN [--log FILE]
Prints `listening on 127.0.0.1:PORT` on stderr. Without a login it grants pull alone. Every request is a line in the log:
method, grant, user, scope.
"""
import argparse
import base64
import http.server
import json
import subprocess
import sys
import time
import urllib.parse

SERVICE, ISSUER = "registry", "tests"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_token(user, access):
    pem = open(OPTIONS.cert).read().split("-----")[2]
    header = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(pem.split())]}
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": user, "aud": SERVICE, "exp": now + 300, "nbf": now - 10, "iat": now, "jti": str(now), "access": access}
    text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    sign = ["openssl", "dgst", "-sha256", "-sign", OPTIONS.key]
    return text + "." + b64(subprocess.run(sign, input=text.encode(), capture_output=True, check=True).stdout)


def access_of(scopes, allowed):
    access = []
    for scope in scopes:
        kind, name, actions = scope.rsplit(":", 2) if scope.count(":") > 2 else scope.split(":", 2)
        wanted = ["pull", "push", "delete"] if actions == "*" else actions.split(",")
        granted = [action for action in wanted if action in allowed]
        if actions == "*" and len(allowed) > 1:
            granted.append("*")
        access.append({"type": kind, "name": name, "actions": granted})
    return access


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def grant(self, how, user, scopes, key):
        with open(OPTIONS.log, "a", encoding="utf-8") as log:
            print(self.command, how, user or "-", " ".join(scopes) or "-", file=log)
        allowed = ["pull", "push", "delete"] if user else ["pull"]
        self.reply(200, {key: signed_token(user, access_of(scopes, allowed)), "expires_in": 300})

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        header = self.headers.get("Authorization", "")
        user = ""
        if header:
            login = base64.b64decode(header.removeprefix("Basic ")).decode()
            if login != OPTIONS.user:
                return self.reply(401, {"errors": [{"code": "UNAUTHORIZED", "message": "wrong login"}]})
            user = login.split(":")[0]
        self.grant("basic", user, query.get("scope", []), "token")

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        if form.get("grant_type") != ["refresh_token"] or form.get("refresh_token") != [OPTIONS.refresh]:
            return self.reply(401, {"error": "invalid_grant"})
        self.grant("refresh", "token-user", form.get("scope", [""])[0].split(), "access_token")


parser = argparse.ArgumentParser()
for option in ("cert", "key", "user", "refresh", "log"):
    parser.add_argument("--" + option, required=True)
OPTIONS = parser.parse_args()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"listening on 127.0.0.1:{server.server_address[1]}", file=sys.stderr, flush=True)
server.serve_forever()
