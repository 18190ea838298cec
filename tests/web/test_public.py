"""The public's pages: who answers for this server; booking for one's own people."""
import datetime
import pathlib
import re
import subprocess

from harness import PROGRAM, Browser, Server, run

IMPRINT = {
    "operator_name": "Maison de santé <des Tilleuls>", "operator_legal_form": "SISA",
    "operator_address": "12 rue des Tilleuls, 44000 Nantes", "operator_registration": "RCS Nantes 000 000 000",
    "operator_email": "contact@example.org", "operator_phone": "02 40 00 00 01",
    "publication_director": "Claire Martin", "host_name": "Hébergeur d’essai", "host_address": "1 quai, 44000 Nantes",
    "host_phone": "02 40 00 00 02",
}


def configure(server, **values):
    file = pathlib.Path(server.world.folder + "/serment.conf")
    file.write_text("".join(f"{k} = {v}\n" for k, v in values.items()))
    server.jump(0)


def doctor(server):
    """What it says; its findings are not ours: the log of these tests has lines from the future."""
    return subprocess.run([PROGRAM, "doctor", "--dir", server.world.folder, "--config", server.world.folder + "/serment.conf"],
                          stdout=subprocess.PIPE, text=True).stdout


def test_the_legal_notice_names_operator_and_host_or_says_that_it_cannot():
    with Server() as s:
        b = Browser(s)
        assert "n’a pas encore renseigné ces mentions" in b.get("/mentions-legales").text
        assert "Pas encore renseigné." in b.page.text
        configure(s, operator_name=IMPRINT["operator_name"], host_name=IMPRINT["host_name"])
        assert IMPRINT["operator_name"] in b.get("/mentions-legales").text
        assert b.page.text.count("Pas encore renseigné.") == 6 and "Forme juridique" not in b.page.text
        configure(s, **IMPRINT)
        page = b.get("/mentions-legales")
        for value in IMPRINT.values():
            assert value in page.text, value
        assert "Pas encore renseigné" not in page.text and "&lt;des Tilleuls&gt;" in page.body
        assert "Director of publication" in Browser(s, "en").get("/mentions-legales").text


def test_print_config_and_doctor_know_the_legal_notice():
    with Server() as s:
        config = s.world.folder + "/serment.conf"
        pathlib.Path(config).write_text("")
        printed = run("serve", "--print-config", "--config", config)
        assert all(re.search(rf"^{key} = $", printed, re.M) for key in IMPRINT), printed
        s.stop()
        assert "set operator_name, operator_address" in doctor(s)
        pathlib.Path(config).write_text("".join(f"{k} = {v}\n" for k, v in IMPRINT.items()))
        assert "names operator and host" in doctor(s)
        s.start()


def choose(browser, which):
    """Hold the which-th free time of the first professional."""
    page = re.findall(r'href="(/s/[^"/]+/[^"/?]+\?motif=\d+)"', browser.get("/").body)[0]
    day = datetime.date.fromtimestamp(browser.server.now()) + datetime.timedelta(days=14)
    times = re.findall(r'name="debut" value="([^"]+)"', browser.get(f"{page}&du={day}").body)
    form = browser.form(page.split("?")[0] + "/creneau")
    browser.post(page.split("?")[0] + "/creneau", {**form, "motif": page.split("=")[1], "debut": times[which]})
    assert browser.page.status == 303, browser.page.text
    return browser.get("/coordonnees")


def test_ux52_who_is_signed_in_books_for_his_own_people_in_one_tap():
    with Server(mail=True) as s:
        b = Browser(s)
        b.get("/connexion/patient")
        b.submit("/connexion/patient", email="zoe@example.test")
        b.submit("/connexion/patient/code", code=s.mail.code("zoe@example.test"))
        assert 'name="personne"' not in choose(b, 0).body
        assert b.form("/coordonnees")["email"] == "zoe@example.test"  # WCAG 3.3.7
        b.submit("/coordonnees", pour="proche", nom="Roche", prenom="Tom", naissance="12/03/2015",
                 nom_demandeur="Roche", prenom_demandeur="Zoé")
        assert b.page.status == 303 and "Confirmer" in b.get("/confirmer").text
        assert 'name="code"' not in b.page.body  # her address is proven already
        b.submit("/confirmer")
        assert b.page.status == 303 and s.mail.count("zoe@example.test") >= 1
        # At once, without a new sign-in: the appointment, and Tom in one tap.
        assert "Tom Roche" in choose(b, 1).text and "né(e) le 12/03/2015" in b.page.text
        taps = re.findall(r'name="personne" value="(\d+\.\d+)"', b.page.body)
        b.post("/coordonnees", {"csrf": b.form("/coordonnees")["csrf"], "personne": taps[0]})
        assert b.page.status == 303, b.page.text
        assert "Tom Roche" in b.get("/confirmer").text
        b.submit("/confirmer")
        assert b.page.status == 303
        assert b.get("/mes-rendez-vous").body.count("/rdv.ics") == 2
        # Nobody else's, and nobody without signing in (T6).
        other = Browser(s)
        choose(other, 2)
        csrf = other.form("/coordonnees")["csrf"]
        for wrong in (taps[0], "1.1", "x"):
            assert other.post("/coordonnees", {"csrf": csrf, "personne": wrong}).status == 404, wrong
        # And let go (T27).
        assert "Tom Roche" in b.get("/mes-proches").text
        b.submit(re.search(r'action="(/mes-proches/\d+/\d+/fin)"', b.page.body).group(1))
        assert b.page.status == 303 and "Tom Roche" not in b.get("/mes-proches").text
        assert "/rdv.ics" not in b.get("/mes-rendez-vous").body
