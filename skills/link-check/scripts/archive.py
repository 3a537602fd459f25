"""Asks the Internet Archive's index (CDX) for the latest saved copy of an address."""

import ipaddress
import json
import urllib.error
import urllib.parse
import urllib.request

BASE_URL = "https://web.archive.org"


def is_private(url):
    """Whether an address says something about a private network or holds a password."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return True
    if parts.username or parts.password or not host or "." not in host and ":" not in host:
        return True
    if host.endswith((".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".test", ".invalid", ".onion")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def latest_copy(url, base_url=BASE_URL):
    """(date as 2026-03-01, address of the copy), or None where there is none. Raises OSError or ValueError."""
    query = urllib.parse.urlencode(
        {"url": url.split("#")[0], "output": "json", "fl": "timestamp,original", "filter": "statuscode:200", "limit": "-1"}
    )
    request = urllib.request.Request(
        f"{base_url}/cdx/search/cdx?{query}", headers={"User-Agent": "skillet-link-check/1.1", "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        text = response.read(1_000_000).decode("utf-8", errors="replace").strip()
    rows = json.loads(text) if text else []
    if not isinstance(rows, list) or len(rows) < 2:
        return None  # the first row names the fields
    stamp, original = str(rows[-1][0]), str(rows[-1][1])
    if not stamp.isdigit() or len(stamp) < 8:
        raise ValueError("not a time")
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}", f"https://web.archive.org/web/{stamp}/{original}"
