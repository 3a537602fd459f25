"""Converts an amount at the European Central Bank's reference rates, as Frankfurter publishes them."""

import argparse
import datetime
import json
import os
import sys
import urllib.error
import urllib.request
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext

BASE_URL = "https://api.frankfurter.dev"
CACHE = os.path.join(".cache", "rates.json")
FRESH = datetime.timedelta(hours=6)
WHOLE = frozenset(["JPY", "KRW", "HUF", "ISK", "IDR"])
MOST_BYTES = 1_000_000


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def check_rates(answer):
    """Rates of one euro by currency, and their date. Raises ValueError for anything else."""
    if not isinstance(answer, dict) or answer.get("base") != "EUR" or not isinstance(answer.get("rates"), dict):
        raise ValueError("not rates")
    day = datetime.date.fromisoformat(answer["date"])
    rates = {"EUR": Decimal(1)}
    for code, rate in answer["rates"].items():
        rate = Decimal(str(rate))
        if len(code) == 3 and code.isalpha() and rate.is_finite() and rate > 0:
            rates[code] = rate
    if len(rates) < 2:
        raise ValueError("no rates")
    return rates, day


def fetch(base_url):
    request = urllib.request.Request(
        f"{base_url}/v1/latest?base=EUR", headers={"User-Agent": "skillet-exchange-rates/1.1", "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        answer = json.loads(response.read(MOST_BYTES), parse_float=str)
    check_rates(answer)
    return answer


def read_cache():
    try:
        with open(CACHE, encoding="utf-8") as file:
            kept = json.load(file, parse_float=str)
        fetched = datetime.datetime.fromisoformat(kept["fetched"])
        return kept["answer"], fetched, check_rates(kept["answer"])
    except (OSError, ValueError, KeyError, TypeError, InvalidOperation):
        return None


def write_cache(answer, now):
    os.makedirs(os.path.dirname(CACHE), exist_ok=True)
    with open(CACHE + ".new", "w", encoding="utf-8") as file:
        json.dump({"fetched": now.isoformat(), "answer": answer}, file)
    os.replace(CACHE + ".new", CACHE)


def rates_now(now, base_url):
    """(rates, their date, a note on how they were come by)."""
    kept = read_cache()
    if kept and datetime.timedelta() <= now - kept[1] < FRESH:
        return kept[2][0], kept[2][1], None
    try:
        answer = fetch(base_url)
    except (OSError, ValueError, KeyError, TypeError, InvalidOperation) as error:
        reason = f"Frankfurter answered with error {error.code}" if isinstance(error, urllib.error.HTTPError) else None
        if reason is None:
            reason = "There is no connection to the rates" if isinstance(error, OSError) else "The answer can't be read"
        if not kept:
            raise Problem(f"{reason}, and none were kept from an earlier run. Try again when you are online.") from None
        age = (now.date() - kept[2][1]).days
        days = "from today" if age <= 0 else "from yesterday" if age == 1 else f"{age} days old"
        return kept[2][0], kept[2][1], f"{reason}. These are the last rates that were kept, {days}."
    write_cache(answer, now)
    rates, day = check_rates(answer)
    return rates, day, None


def show_amount(value, code):
    step = Decimal(1) if code in WHOLE else Decimal("0.01")
    return f"{value.quantize(step, rounding=ROUND_HALF_EVEN):,} {code}"


def show_rate(rate):
    digits = 6 - 1 - rate.adjusted()
    return f"{rate.quantize(Decimal(1).scaleb(-max(digits, 0))).normalize():,f}"


def main(words=None, base_url=BASE_URL, now=None):
    arguments = Arguments(prog="exchange-rates", allow_abbrev=False)
    arguments.add_argument("--amount")
    arguments.add_argument("--from", dest="source", default="EUR")
    arguments.add_argument("--to", dest="target", default="USD")
    options = arguments.parse_args(words)
    try:
        amount = Decimal(str(options.amount))
        if not amount.is_finite() or amount < 0 or amount > Decimal("1e15"):
            raise InvalidOperation
    except InvalidOperation:
        raise Problem("The amount must be a number from 0 to 1,000,000,000,000,000.") from None
    source, target = options.source.upper(), options.target.upper()
    rates, day, note = rates_now(now or datetime.datetime.now(datetime.timezone.utc), base_url)
    for code in (source, target):
        if code not in rates:
            known = ", ".join(sorted(rates))
            raise Problem(f"There is no rate for {code}. There are rates for {known}.")
    with localcontext() as context:
        context.prec = 40
        rate = rates[target] / rates[source]
        print(f"{show_amount(amount, source)} = {show_amount(amount * rate, target)}")
        if source != target:
            print()
            print(f"1 {source} = {show_rate(rate)} {target}")
            print(f"1 {target} = {show_rate(1 / rate)} {source}")
    print(f"European Central Bank reference rates of {day.isoformat()}, through Frankfurter")
    if note:
        print(f"\nNote: {note}")


def run(words=None, base_url=BASE_URL, now=None):
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main(words, base_url, now)
        return 0
    except Problem as problem:
        print(f"exchange-rates: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"exchange-rates: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run())
