"""Settings: two people at one form, all mistakes at once, what was closed comes back, the log checked by a job."""
import re
import sqlite3
import time

from harness import Browser, Server

MEANWHILE = "Enregistré entre-temps :"


def two(s, first="administrator", second="administrator"):
    """Two browsers, signed in."""
    a, b = Browser(s), Browser(s)
    a.sign_in(s.account(first), when=-1, to="/reglages")
    b.sign_in(s.account(second), when=0, to="/reglages")
    return a, b


def ids(b, listing):
    """Of the things that a list leads to."""
    return re.findall(rf'href="{listing}/(\d+)"', b.get(listing).body)


def clash(a, b, url, theirs, mine, shown):
    """a saves while b types; b is told who, sees both, and saves on purpose."""
    b.get(url)
    typed = {**b.form(url), **mine}
    a.get(url)
    assert a.submit(url, **theirs).status == 303, a.page.text
    assert b.post(url, typed).status == 409, b.page.text
    assert "Rien de votre saisie n’est perdu" in b.page.text, b.page.text
    for words in shown:
        assert f"{MEANWHILE} {words}" in b.page.text, (words, b.page.text)
    assert b.page.text.count(MEANWHILE) == 2 * len(shown), b.page.text  # in the summary, and beside its field
    told = b.page.text
    for name, value in mine.items():
        assert b.form(url)[name] == value, (name, b.form(url))
    assert b.submit(url).status == 303, b.page.text
    b.get(url)
    for name, value in mine.items():
        assert b.form(url)[name] == value, (name, b.form(url))
    return told


def test_two_people_change_the_practice_and_the_second_is_told_by_whom():
    with Server() as s:
        # A second administrator: the secretary's membership becomes one.
        s.stop()
        db = sqlite3.connect(s.world.folder + "/serment.db")
        db.execute("UPDATE membership SET role = 4 WHERE role = 2")
        db.commit()
        db.close()
        s.start()
        a, b = two(s, "secretary")
        told = clash(a, b, "/reglages/cabinet", {"nom": "Cabinet du Parc", "delai": "60"},
                     {"nom": "Cabinet des Ormes"}, ["Cabinet du Parc", "Jusqu’à 1 h avant"])
        who = re.search(r"Enregistré entre-temps par ([^,]+), à \d", told).group(1)
        assert who not in ("vous-même, dans une autre fenêtre", "une autre personne"), told
        assert who in a.get("/reglages/equipe").text, (who, a.page.text)  # a name of the list of the staff


def test_two_people_change_a_place():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/lieux/" + ids(a, "/reglages/lieux")[0]
        told = clash(a, b, url, {"nom": "Maison médicale", "acces": "2e étage"}, {"nom": "Cabinet du port"},
                     ["Maison médicale", "2e étage"])
        assert "par vous-même, dans une autre fenêtre, à " in told


def test_two_people_change_a_practitioner():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/soignants/" + ids(a, "/reglages/soignants")[0]
        a.get(url)
        without = {k: v for k, v in a.form(url).items() if k != "visible"}
        b.get(url)
        typed = {**b.form(url), "specialite": "Pédiatre"}
        assert a.post(url, {**without, "langue": ["fr", "it"]}).status == 303
        assert b.post(url, typed).status == 409
        for words in ("non", "Français, Italien"):
            assert f"{MEANWHILE} {words}" in b.page.text, b.page.text
        assert b.form(url)["specialite"] == "Pédiatre" and b.form(url)["visible"] == "1"
        assert b.submit(url).status == 303


def test_two_people_change_a_motive_and_what_it_needs():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/motifs/" + ids(a, "/reglages/motifs")[0]
        a.get(url)
        room = re.search(r'name="salle" value="(\d+)"', a.page.body).group(1)
        clash(a, b, url, {"minutes": "45", "public": "2", "salle": [room]}, {"minutes": "30", "pas": "30"},
              ["45", "20", "Patients déjà suivis", "Plateau technique"])


def test_two_people_rename_a_room():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/salles/" + ids(a, "/reglages/salles")[0]
        clash(a, b, url, {"nom": "Salle bleue"}, {"nom": "Salle verte"}, ["Salle bleue"])


def test_two_people_change_opening_hours_and_names_stay_with_those_who_may_know_them():
    with Server() as s:
        a, b = two(s, "administrator", "secretary")
        url = "/reglages/horaires/" + re.search(r'"/reglages/horaires/(\d+)"', a.get("/reglages/horaires").body).group(1)
        told = clash(a, b, url, {"debut": "9 h 00", "parite": "1", "au": "31/12/2026"}, {"debut": "08:00"},
                     ["09:00", "Semaines impaires", "31/12/2026"])
        assert "par une personne de l’équipe (Administrateur)" in told, told


def test_hours_removed_meanwhile_leave_what_was_typed():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/horaires/" + re.search(r'"/reglages/horaires/(\d+)"', a.get("/reglages/horaires").body).group(1)
        b.get(url)
        typed = {**b.form(url), "debut": "07:00", "fin": "07:30"}
        a.get(url)
        assert a.submit(url + "/supprimer").status == 303
        assert b.post(url, typed).status == 409 and "supprimé entre-temps" in b.page.text
        assert b.form("/reglages/horaires/nouveau")["debut"] == "07:00"
        assert b.submit("/reglages/horaires/nouveau").status == 303
        assert "7 h – 7 h 30" in b.get(b.page.header("Location")).text


def absence(b):
    b.get("/reglages/absences/nouvelle")
    b.submit("/reglages/absences/nouvelle", debut_jour="2027-03-06", debut_heure="12:00", fin_heure="14:00",
             repete="1", raison="Sport")
    assert b.page.status == 303, b.page.text
    b.get(b.page.header("Location"))
    return re.search(r'"(/reglages/absences/\d+)\?jour=2027-03-13"', b.page.body).group(1)


def test_two_people_change_one_regular_absence():
    with Server() as s:
        a, b = two(s)
        url = absence(a)
        b.get(url + "?jour=2027-03-13")
        typed = {**b.form(url), "portee": "2", "fin_heure": "15:00"}
        a.get(url + "?jour=2027-03-27")
        assert a.submit(url, portee="1", debut_heure="11:00").status == 303, a.page.text
        assert b.post(url, typed).status == 409, b.page.text
        assert f"{MEANWHILE} 26/03/2027" in b.page.text and f"{MEANWHILE} 14:00" in b.page.text, b.page.text
        assert b.form(url)["fin_heure"] == "15:00" and b.form(url)["raison"] == "Sport"
        assert b.submit(url).status == 303


def test_an_absence_replaced_meanwhile_leaves_what_was_typed():
    with Server() as s:
        a, b = two(s)
        url = absence(a)
        b.get(url)
        typed = {**b.form(url), "portee": "2", "raison": "Natation"}
        a.get(url)
        assert a.submit(url, portee="2", raison="Judo").status == 303, a.page.text
        assert b.post(url, typed).status == 409 and "Modifié ou supprimé entre-temps" in b.page.text
        assert b.form("/reglages/absences/nouvelle")["raison"] == "Natation"


def test_what_was_closed_while_its_form_was_typed_is_told_and_saved_once_it_is_open():
    with Server() as s:
        a, b = two(s)
        url = "/reglages/salles/" + ids(a, "/reglages/salles")[0]
        b.get(url)
        typed = {**b.form(url), "nom": "Salle verte"}
        # Nothing to come has it any more: the motive gives it up, the year is over.
        s.jump(400 * 86400)
        a, b = two(s)
        a.get(url)
        assert a.submit(url + "/fermer").status == 303, a.page.text
        b.get("/reglages/salles")
        typed["csrf"] = b.form(url + "/rouvrir")["csrf"]
        assert b.get(url).status == 404
        assert b.post(url, typed).status == 409 and "Fermé entre-temps par" in b.page.text, b.page.text
        assert b.form(url)["nom"] == "Salle verte"
        again = b.form(url)
        b.get("/reglages/salles")
        assert b.submit(url + "/rouvrir").status == 303 and "rouvert" in b.get(b.page.header("Location")).text
        assert b.post(url, again).status == 409  # its version rose: both are shown
        assert b.submit(url).status == 303
        assert "Salle verte" in b.get("/reglages/salles").text


def test_all_mistakes_are_told_at_once_in_the_order_of_the_page():
    """ux-53: the summary on top, each linked to its field, values kept."""
    with Server() as s:
        b = Browser(s)
        b.sign_in(s.account("administrator"), to="/reglages")
        cases = {
            "/reglages/lieux/nouveau": ({"nom": "", "telephone": "appelez", "cp": "x" * 13}, ["nom", "cp", "telephone"]),
            "/reglages/motifs/nouveau": ({"nom": "", "minutes": "17", "avant": "3", "places": "0", "horizon": "",
                                          "ordre": "x"}, ["nom", "minutes", "avant", "places", "horizon", "ordre"]),
            "/reglages/soignants/nouveau": ({"nom": "", "titre": "Docteur en médecine générale", "ordre": "-1"},
                                            ["titre", "nom", "ordre"]),
            "/reglages/salles/nouvelle": ({"nom": "", "genre": "9", "lieu": ""}, ["genre", "lieu", "nom"]),
            "/reglages/cabinet": ({"nom": "", "telephone": "appelez", "fuseau": "Nantes", "couleur": "9"},
                                  ["nom", "telephone", "couleur", "fuseau"]),
            "/reglages/horaires/nouveau": ({"debut": "8:02", "fin": "24:30", "du": "2027-02-30", "lieu": ""},
                                           ["debut", "fin", "lieu", "du"]),
            "/reglages/absences/nouvelle": ({"debut_jour": "", "debut_heure": "8:01", "repete": "5",
                                             "jusqu": "2020-01-01"}, ["debut_jour", "debut_heure", "repete"]),
        }
        for url, (wrong, names) in cases.items():
            b.get(url)
            assert b.submit(url, **wrong).status == 422, (url, b.page.text)
            summary = re.search(r'<div id="errors".*?</ul>', b.page.body, re.S).group()
            assert re.findall(r'href="#f-([^"]+)"', summary) == names, (url, summary)
            assert "autofocus" in summary
            for name in names:
                assert f'id="f-{name}-error"' in b.page.body, (url, name)
            kept = {k: v for k, v in wrong.items() if k not in ("couleur", "fuseau", "genre", "lieu", "repete")}
            assert {k: b.form(url).get(k) for k in kept} == kept, url


def test_a_place_a_motive_and_an_agenda_are_closed_and_reopened():
    with Server() as s:
        b, public = Browser(s), Browser(s)
        b.sign_in(s.account("administrator"), to="/reglages")
        motive = "/reglages/motifs/" + ids(b, "/reglages/motifs")[0]
        b.get(motive)
        b.submit(motive + "/fermer")
        b.get("/reglages/motifs")
        assert "Fermés : 1" in b.page.text and f'href="{motive}"' not in b.page.body
        assert b.submit(motive + "/rouvrir").status == 303
        assert f'href="{motive}"' in b.get("/reglages/motifs").body and "Fermés" not in b.page.text
        assert b.post(motive + "/rouvrir", {"csrf": b.form("/deconnexion")["csrf"]}).status == 303  # pressed twice

        s.jump(400 * 86400)
        b.sign_in(s.account("administrator"), to="/reglages")
        agenda = "/reglages/soignants/" + ids(b, "/reglages/soignants")[0]
        b.get(agenda)
        page = re.search(r'href="(/s/[^"]+)"', b.page.body).group(1)
        assert b.submit(agenda + "/fermer").status == 303, b.page.text
        assert public.get(page).status == 404
        b.get("/reglages/soignants")
        b.submit(agenda + "/rouvrir")
        assert b.page.header("Location") == agenda + "?fait=soignant-rouvert"
        assert "vérifiez-les" in b.get(b.page.header("Location")).text
        assert public.get(page).status == 200
        # Its hours are at a place: with all agendas and rooms closed, the place can close; then it comes first.
        for each in ids(b, "/reglages/soignants"):
            b.get(f"/reglages/soignants/{each}")
            b.submit(f"/reglages/soignants/{each}/fermer")
        for each in ids(b, "/reglages/salles"):
            b.get(f"/reglages/salles/{each}")
            b.submit(f"/reglages/salles/{each}/fermer")
        place = "/reglages/lieux/" + ids(b, "/reglages/lieux")[0]
        b.get(place)
        assert b.submit(place + "/fermer").status == 303, b.page.text
        b.get("/reglages/soignants")
        assert b.submit(agenda + "/rouvrir").status == 409 and "rouvrez d’abord ce lieu" in b.page.text
        room = re.search(r'action="(/reglages/salles/\d+/rouvrir)"', b.get("/reglages/salles").body).group(1)
        assert b.submit(room).status == 409 and "rouvrez d’abord ce lieu" in b.page.text
        b.get("/reglages/lieux")
        assert b.submit(place + "/rouvrir").status == 303
        b.get("/reglages/soignants")
        assert b.submit(agenda + "/rouvrir").status == 303


def test_access_that_was_withdrawn_is_given_again_and_old_sessions_stay_ended():
    with Server() as s:
        a, b = two(s, "administrator", "secretary")
        a.get("/reglages/equipe")
        end = next(at for at in re.findall(r'action="(/reglages/equipe/\d+/fin)"', a.page.body) if a.form(at)["role"] == "2")
        again = end.replace("/fin", "/retablir")
        assert b.get("/agenda").status == 200
        assert a.submit(end).status == 303
        assert b.get("/agenda").status == 303  # to the sign-in
        assert "1 accès retiré" in a.get("/reglages/equipe").text
        assert a.post(again, {**a.form(again), "role": "3"}).status == 404  # what he never was
        a.get("/reglages/equipe")
        assert a.submit(again).status == 303 and "de nouveau accès" in a.get(a.page.header("Location")).text
        assert end in a.page.body and again not in a.page.body
        assert b.get("/agenda").status == 303
        b.sign_in(s.account("secretary"), when=1, to="/agenda")
        assert b.get("/agenda").status == 200
        assert "Accès rendu" in a.get("/reglages/journal").text


def test_the_log_is_checked_by_a_job_and_the_result_stays():
    with Server() as s:
        b = Browser(s)
        b.sign_in(s.account("administrator"), to="/reglages")
        assert "Le journal est intact" not in b.get("/reglages/journal").text
        assert b.submit("/reglages/journal").status == 303
        for _ in range(100):
            if "Le journal est intact" in b.get("/reglages/journal").text:
                break
            assert "Une vérification est en cours, demandée le 23/11/2026" in b.page.text, b.page.text
            time.sleep(0.2)
        lines = int(re.search(r"Le journal est intact : ([\d ]+) lignes", b.page.text).group(1).replace(" ", ""))
        assert lines > 3
        assert re.search(r"Vérifié le 23/11/2026, 8 h( \d\d)? ; demandé le 23/11/2026, 8 h( \d\d)?, par \w+", b.page.text), b.page.text
        assert "Vérification du journal demandée" in b.page.text
        # Somebody at the database changes a line, and the next check names it.
        s.stop()
        db = sqlite3.connect(s.world.folder + "/serment.db")
        seq = db.execute("SELECT MIN(seq) FROM audit WHERE seq > 2").fetchone()[0]
        db.execute("UPDATE audit SET detail = detail + 1 WHERE seq = ?", (seq,))
        db.commit()
        db.close()
        s.start()
        b.get("/reglages/journal")
        b.submit("/reglages/journal")
        for _ in range(100):
            if "Une vérification est en cours" not in b.get("/reglages/journal").text:
                break
            time.sleep(0.2)
        assert f"la ligne {seq} n’est plus" in b.page.text, b.page.text


def test_a_motive_takes_every_practitioner_of_a_large_practice():
    """The limit on fields is above what the page itself can send; above it, the answer says so."""
    with Server() as s:
        s.stop()
        db = sqlite3.connect(s.world.folder + "/serment.db")
        org, model = db.execute("SELECT org, MIN(id) FROM practitioner GROUP BY org").fetchone()
        columns = [c[1] for c in db.execute("PRAGMA table_info(practitioner)")]
        values = ", ".join({"id": "?", "slug": "'p' || ?", "photo": "NULL"}.get(c, c) for c in columns)
        for i in range(1, 1990):
            db.execute(f"INSERT INTO practitioner ({', '.join(columns)}) SELECT {values} FROM practitioner"
                       " WHERE org = ? AND id = ?", (model + 100000 + i, i, org, model))
        db.execute("UPDATE org SET plan_version = plan_version + 1")
        db.commit()
        db.close()
        s.start()
        b = Browser(s)
        b.sign_in(s.account("administrator"), to="/reglages")
        url = "/reglages/motifs/" + ids(b, "/reglages/motifs")[0]
        b.get(url)
        everybody = re.findall(r'name="soignant" value="(\d+)"', b.page.body)
        assert len(everybody) > 1989
        form = {**b.form(url), "consignes": "é" * 1000, "soignant": everybody}
        assert b.post(url, form).status == 303, b.page.text
        b.get(url)
        assert len(b.form(url)["soignant"]) == len(everybody)
        assert b.post(url, {**b.form(url), "salle": ["1"] * 700}).status == 413
        assert "Rien n’a été enregistré" in b.page.text
