"""T19: a thousand requests of bots leave the times to those who want to come."""
import datetime
import http.client
import re
import threading
import urllib.parse

from harness import Browser, Server

BOTS, ADDRESSES = 1000, 4
HEADERS = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}


def offered(server, page, weeks=8):
    """Every free time of the coming weeks, as the page offers them."""
    b, times = Browser(server), []
    for week in range(weeks):
        day = datetime.date.fromtimestamp(server.now()) + datetime.timedelta(days=7 * week)
        b.get(f"{page}&du={day}")
        times += re.findall(r'value="(\d{4}-\d\d-\d\dT[^"]+)"', b.page.body)
    return sorted(set(times))


def test_T19_a_thousand_requests_of_bots_leave_19_times_in_20_to_others():
    with Server() as s:
        b = Browser(s)
        b.get("/")
        page = next(p for p in re.findall(r'href="(/s/[^"/]+/[^"/?]+\?motif=\d+)"', b.page.body))
        times, motive = offered(s, page), page.rsplit("=", 1)[1]
        assert len(times) >= 200, len(times)
        path, answers = page.split("?")[0] + "/creneau", []

        def bot(number):
            wire = http.client.HTTPConnection("127.0.0.1", s.port, timeout=60,
                                              source_address=(f"127.0.1.{number % ADDRESSES + 1}", 0))
            for i in range(number, BOTS, 20):
                wire.request("POST", path, urllib.parse.urlencode({"motif": motive, "debut": times[i % len(times)]}), HEADERS)
                got = wire.getresponse()
                answers.append((got.status, got.read().decode()))
            wire.close()

        threads = [threading.Thread(target=bot, args=(n,)) for n in range(20)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        kept = sum(status == 303 for status, _ in answers)
        assert len(answers) == BOTS and 0 < kept <= 8 * ADDRESSES, kept
        left = offered(s, page)
        assert len(left) >= 0.95 * len(times), (len(left), len(times))
        told = [body for status, body in answers if status == 429 and "pour votre connexion" in body]
        assert told and all("téléphone" in body for body in told)
        # Somebody else books as if nothing were.
        for time in (left[0], left[-1]):
            honest = Browser(s)
            assert honest.post(path, {"motif": motive, "debut": time}).status == 303
            assert "vous est réservé" in honest.get("/coordonnees").text
