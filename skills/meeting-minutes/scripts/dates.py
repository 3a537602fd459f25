"""Days that people name in passing ("by Friday", "12 March"), against the day of the meeting."""

import calendar
import datetime
import re

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS.update({name[:3]: number for name, number in list(MONTHS.items())})
MONTHS["sept"] = 9
DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
WHEN = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|{DAY}(?: of)? {MONTH}\b(?:,? (?P<year>\d{{4}}))?"
    rf"|{MONTH.replace('?P<month>', '?P<month2>')} {DAY.replace('?P<day>', '?P<day2>')}\b(?:,? (?P<year2>\d{{4}}))?"
    rf"|(?P<next>next )?{WEEKDAY}(?P<week_after> week)?|(?P<word>today|tonight|tomorrow|eod|end of (?:the )?day)"
    rf"|(?P<end>(?:the )?end of (?:the |this |next )?(?:week|month|quarter|year))"
    rf"|(?P<span>next (?:week|month)|this week)|in (?P<number>a|one|two|three|four|\d{{1,2}}) (?P<unit>day|week|month)s?)\b",
    re.I,
)
NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}


def _month_end(day, months=0):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def _resolve(found, meeting):
    part = found.groupdict()
    if part["iso"]:
        return datetime.date.fromisoformat(part["iso"])
    if meeting is None and not (part["year"] or part["year2"]):
        return None
    month, day = part["month"] or part["month2"], part["day"] or part["day2"]
    if month:
        year = part["year"] or part["year2"]
        date = datetime.date(int(year or meeting.year), MONTHS[month.lower()], int(day))
        if not year and date < meeting - datetime.timedelta(days=30):
            date = date.replace(year=date.year + 1)
        return date
    if part["weekday"]:
        ahead = (DAYS[part["weekday"].lower()] - meeting.weekday()) % 7 or 7
        if part["next"] and ahead < 7 - meeting.weekday():
            ahead += 7  # "next Friday" on a Tuesday: not the one of this week
        return meeting + datetime.timedelta(days=ahead + (7 if part["week_after"] else 0))
    if part["word"]:
        return meeting + datetime.timedelta(days=1 if part["word"].lower() == "tomorrow" else 0)
    if part["end"]:
        words = part["end"].lower()
        if "week" in words:
            friday = meeting + datetime.timedelta(days=max(4 - meeting.weekday(), 0))
            return friday + datetime.timedelta(days=7 if "next" in words else 0)
        if "month" in words:
            return _month_end(meeting, 1 if "next" in words else 0)
        if "quarter" in words:
            return _month_end(meeting, 2 - (meeting.month - 1) % 3 + (3 if "next" in words else 0))
        return datetime.date(meeting.year + ("next" in words), 12, 31)
    if part["span"]:
        words = part["span"].lower()
        if words == "next month":
            return _month_end(meeting, 1)
        friday = meeting + datetime.timedelta(days=4 - meeting.weekday())
        return friday + datetime.timedelta(days=7 if "next" in words else 0)
    number = part["number"].lower()
    number = NUMBERS.get(number) or int(number)
    if part["unit"].lower() == "month":
        end = _month_end(meeting, number)
        return end.replace(day=min(meeting.day, end.day))
    return meeting + datetime.timedelta(days=number * (7 if part["unit"].lower() == "week" else 1))


def find_due(text, meeting):
    """(the words, the date or None), or None where no day is named."""
    found = None
    for found in WHEN.finditer(text):
        before = text[: found.start()].lower().rstrip()
        if re.search(r"(?:by|before|until|till|due|on|for|no later than|deadline(?: is)?)(?: the)?$", before):
            break
    if found is None:
        return None
    try:
        return found.group(), _resolve(found, meeting)
    except (ValueError, OverflowError):
        return found.group(), None


def find_meeting_day(text):
    """The first full date in the text, or None."""
    found = re.search(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)", text)
    try:
        if found:
            return datetime.date(*map(int, found.groups()))
        for found in WHEN.finditer(text):
            if found.group("year") or found.group("year2"):
                return _resolve(found, None)
    except ValueError:
        pass
    return None
