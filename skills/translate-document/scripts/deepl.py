"""DeepL's API, version 2: POST /v2/translate."""

import json
import time
import urllib.error
import urllib.request

BASE_URL = "https://api-free.deepl.com"
# At most 50 texts and 128 KiB a request; a margin is left for the JSON around the texts.
MOST_TEXTS = 50
MOST_BYTES = 100_000
TRIES = 4


class Problem(Exception):
    """A sentence for the person who ran the skill."""


REFUSALS = {
    403: "DeepL doesn't accept the key. Keys for the free plan end in “:fx”; check it in your DeepL account.",
    404: "DeepL doesn't know this request any more. The skill needs an update.",
    413: "A passage is too long for DeepL.",
    456: "The month's characters of this DeepL account are used up.",
}


def _batches(texts):
    batch, size = [], 0
    for text in texts:
        length = len(json.dumps(text))
        if length > MOST_BYTES:
            raise Problem("A paragraph is longer than DeepL takes in one request. Split it first.")
        if batch and (len(batch) == MOST_TEXTS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _post(url, key, body, sleep):
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        method="POST",
        headers={
            "Authorization": f"DeepL-Auth-Key {key}",
            "Content-Type": "application/json",
            "User-Agent": "skillet-translate-document/1.1",
        },
    )
    for attempt in range(1, TRIES + 1):
        wait = 2.0 ** (attempt - 1)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            busy = error.code == 429 or error.code >= 500
            if not busy:
                raise Problem(REFUSALS.get(error.code) or f"DeepL refused: {_message(error)}.") from None
            if attempt == TRIES:
                raise Problem("DeepL is too busy at the moment. Try again in a few minutes.") from None
            after = error.headers.get("Retry-After", "")
            wait = min(float(after), 20.0) if after.isdigit() else wait
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if attempt == TRIES:
                reason = getattr(error, "reason", error)
                raise Problem(f"DeepL can't be reached ({reason}). Is the computer online?") from None
        except ValueError:
            raise Problem("DeepL's answer can't be read.") from None
        sleep(wait)
    raise AssertionError("unreachable")


def _message(error):
    try:
        answer = json.load(error)
        return str(answer.get("message") or answer.get("detail") or f"error {error.code}")[:200]
    except Exception:  # the body of an error is of no fixed form
        return f"error {error.code}"


def translate(texts, language, key, tone="default", base_url=BASE_URL, sleep=time.sleep):
    """
    Translates well-formed XML fragments; what stands in <x> elements stays as it is.
    Returns the translations, in order, and the language that DeepL recognised in most of them.
    """
    translated, languages = [], []
    for batch in _batches(texts):
        body = {
            "text": batch,
            "target_lang": language,
            "tag_handling": "xml",
            "ignore_tags": ["x"],
            "preserve_formatting": True,
        }
        if tone != "default":
            body["formality"] = "prefer_more" if tone == "formal" else "prefer_less"
        answer = _post(f"{base_url}/v2/translate", key, body, sleep)
        results = answer.get("translations") if isinstance(answer, dict) else None
        if not isinstance(results, list) or len(results) != len(batch):
            raise Problem("DeepL's answer can't be read: it has the wrong number of translations.")
        for result in results:
            if not isinstance(result, dict) or not isinstance(result.get("text"), str):
                raise Problem("DeepL's answer can't be read: a translation is missing.")
            translated.append(result["text"])
            languages.append(str(result.get("detected_source_language") or ""))
    source = max(set(languages), key=languages.count) if languages else ""
    return translated, source
