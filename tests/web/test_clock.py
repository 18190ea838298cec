"""Without --now the time is the machine's: all other tests have one of their own."""
import datetime

from harness import Server, first_motive


def test_free_times_begin_at_the_machines_own_hour():
    with Server(invented=False) as s:
        org, practitioner, motive = first_motive(s, s.world)
        before = datetime.datetime.now(datetime.timezone.utc)
        answer = s.api("GET", f"/orgs/{org}/practitioners/{practitioner}/slots?motive={motive}&days=30")
        starts = [datetime.datetime.fromisoformat(slot["start"]) for slot in answer.json()["slots"]]
        assert starts and before <= starts[0] < before + datetime.timedelta(days=21), (before, starts[:1])
