"""A small agent in Python, with nothing but its standard library: python3 examples/agent.py SLUG NAME=VALUE…

Finds the Skillet that runs, makes sure that it is the real one, connects once, asks for the skill where it isn't
installed, runs it and prints what it printed. Speaks HTTP to the port of 127.0.0.1 that bridge.json names.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import secrets
import stat
import sys
import urllib.parse

NAME = "Example agent in Python"


def skillet_home():
    if os.environ.get("SKILLET_HOME"):
        return pathlib.Path(os.environ["SKILLET_HOME"])
    if sys.platform == "darwin":
        return pathlib.Path.home() / "Library/Application Support/Skillet"
    if sys.platform == "win32":
        return pathlib.Path(os.environ["APPDATA"]) / "Skillet"
    data = os.environ.get("XDG_DATA_HOME")
    return (pathlib.Path(data) if data else pathlib.Path.home() / ".local/share") / "skillet"


def read_private(path):
    """The text of a file that only this person can have written; follows no link."""
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), encoding="utf-8") as file:
        about = os.fstat(file.fileno())
        if hasattr(os, "getuid") and (about.st_uid != os.getuid() or stat.S_IMODE(about.st_mode) & 0o077):
            sys.exit(f"{path} belongs to somebody else, or others may change it.")
        return file.read()


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{problem.get('detail', 'Skillet said no.')} {problem.get('remedy', '')}")
        self.status = status


class Skillet:
    def __init__(self, home):
        self.home = home
        self.token = None
        bridge = json.loads(read_private(home / "bridge.json"))
        self.host = urllib.parse.urlsplit(bridge["url"]).netloc
        # Whoever listens there proves that they wrote bridge.json, before they learn anything.
        challenge = secrets.token_urlsafe(32)
        key = base64.urlsafe_b64decode(bridge["key"] + "=" * (-len(bridge["key"]) % 4))
        words = f"skillet-bridge/1\n{self.host}\n{challenge}".encode()
        wanted = base64.urlsafe_b64encode(hmac.digest(key, words, hashlib.sha256)).decode().rstrip("=")
        proof = self.ask("GET", f"/v1/hello?challenge={challenge}").get("proof", "")
        if not hmac.compare_digest(wanted, proof):
            sys.exit("Something else than Skillet answers where Skillet should.")

    def ask(self, method, path, body=None):
        headers = {"accept": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["content-type"] = "application/json"
        connection = http.client.HTTPConnection(self.host, timeout=700)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 400:
            raise Refused(answer.status, told)
        return told

    def connect(self):
        """With the token of an earlier time, or by asking the person. It lies in Skillet's folder, which no skill is given."""
        file = self.home / "access/clients/example-python.token"
        if file.exists():
            self.token = read_private(file).strip()
            try:
                return self.ask("GET", "/v1/installed")
            except Refused as refused:
                if refused.status != 401:
                    raise
                self.token = None
        scopes = ["catalog:read", "skills:request", "skills:run"]
        pairing = self.ask("POST", "/v1/pairings", {"name": NAME, "scopes": scopes})
        print(f"Allow this in Skillet, if it shows the number {pairing['code']}.", file=sys.stderr)
        path = f"/v1/pairings/{pairing['id']}/token"
        answer = {"state": "pending"}
        while answer["state"] == "pending":
            answer = self.ask("POST", path, {"secret": pairing["secret"], "waitS": 60})
        if answer["state"] != "approved":
            sys.exit(f"The connection was not allowed ({answer['state']}).")
        self.token = answer["token"]
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as kept:
            kept.write(self.token)
        return self.ask("GET", "/v1/installed")

    def answered(self, request):
        """Until the person has answered."""
        while request["state"] == "pending":
            request = self.ask("GET", f"/v1/requests/{request['id']}?waitS=60")["request"]
        if request["state"] in ("denied", "expired"):
            sys.exit(f"{request['title']} was not allowed ({request['state']}).")


def main(slug, inputs):
    skillet = Skillet(skillet_home())
    installed = skillet.connect()["skills"]
    if not any(skill["slug"] == slug for skill in installed):
        print(f"Waiting until you have installed {slug} in Skillet.", file=sys.stderr)
        reason = "The example in Python was asked to run it."
        skillet.answered(skillet.ask("POST", "/v1/requests", {"slug": slug, "reason": reason})["request"])
    run = None
    while run is None:
        answer = skillet.ask("POST", "/v1/runs", {"slug": slug, "inputs": inputs, "waitS": 600})
        run = answer["run"]
        if run is None:
            skillet.answered(answer["request"])
    if run["error"]:
        sys.exit(f"{run['error']['message']} {run['error']['remedy']}")
    sys.stdout.write(run["result"]["stdout"])
    return run["result"]["exitCode"]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python3 examples/agent.py SLUG NAME=VALUE…")
    try:
        sys.exit(main(sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])))
    except FileNotFoundError:
        sys.exit("Skillet does not run. Open it, or start: skillet serve")
    except Refused as no:
        sys.exit(str(no))
