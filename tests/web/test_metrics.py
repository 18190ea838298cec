"""What a server says of itself to whoever watches machines: numbers, and no name of anybody."""
import re

from harness import Browser, Server


def numbers(page):
    return {name: float(value) for name, value in re.findall(r"^(serment_[^ #]+) ([0-9.e+-]+)$", page.body, re.M)}


def test_commits_and_the_changes_that_share_them_are_counted():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        before = numbers(b.get("/metrics"))
        b.sign_in(who)
        b.get("/patients?q=ma")
        page = b.get("/metrics")
        now = numbers(page)
        assert now["serment_store_commits_total"] > before["serment_store_commits_total"]
        assert now["serment_store_group_changes_count"] == now["serment_store_commits_total"]
        assert now["serment_store_group_changes_sum"] >= now["serment_store_commits_total"]
        assert now['serment_store_group_changes_bucket{le="+Inf"}'] == now["serment_store_commits_total"]
        assert now["serment_store_flush_seconds_total"] > 0
        assert {"serment_store_waits_total", "serment_store_wait_seconds_total", "serment_store_retries_total",
                "serment_store_conflicts_total"} <= now.keys()
        assert now["serment_person_index_entries"] == 30 and before["serment_person_index_entries"] == 0
        for name in ("tilleuls", who["login"].split("@")[0]):
            assert name not in page.body.lower()
        described = set(re.findall(r"^# TYPE (\S+) ", page.body, re.M))
        for name in now:
            assert re.sub(r"(_bucket|_sum|_count)?(\{.*)?$", "", name) in described, name
