"""What everybody may read: who answers for this server."""
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
    file = pathlib.Path(server.dir + "/serment.conf")
    file.write_text("".join(f"{k} = {v}\n" for k, v in values.items()))
    server.jump(0)


def doctor(server):
    """What it says; its findings are not ours: the log of these tests has lines from the future."""
    return subprocess.run([PROGRAM, "doctor", "--dir", server.dir + "/data", "--config", server.dir + "/serment.conf"],
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
        config = s.dir + "/serment.conf"
        printed = run("serve", "--print-config", "--config", config)
        assert all(re.search(rf"^{key} = $", printed, re.M) for key in IMPRINT), printed
        s.halt()
        assert "set operator_name, operator_address" in doctor(s)
        pathlib.Path(config).write_text("".join(f"{k} = {v}\n" for k, v in IMPRINT.items()))
        assert "names operator and host" in doctor(s)
        s.start()
