"""One's own account, links by mail, and patients who sign in with a code (R62, T25, ux-54)."""
import json
import re

from harness import Browser, Forms, Server, first_motive, free_slots, totp

GOOD = "lampe-sentier-mousse 9"


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once():
    with Server(mail=True) as s:
        b, other, who = Browser(s), Browser(s), s.account("secretary")
        other.sign_in(who, when=-1)
        assert other.get("/compte").status == 200
        b.get("/mot-de-passe-oublie")
        b.submit("/mot-de-passe-oublie", email="pas une adresse")
        assert b.page.status == 422 and b.form("/mot-de-passe-oublie")["email"] == "pas une adresse"
        b.submit("/mot-de-passe-oublie", email=who["login"])
        assert b.page.status == 200
        link = re.search(r"/mot-de-passe/[\w-]+", s.mail.words(who["login"])).group()
        b.get(link)
        for weak, why in (("court", "trop court"), ("123456789012", "premiers"), (who["login"], "ressemble trop")):
            b.submit(link, nouveau=weak)
            assert b.page.status == 422 and why in b.page.text, (weak, b.page.text)
        b.submit(link, nouveau=GOOD)
        assert b.page.status == 303 and "Connectez-vous" in b.get(b.page.header("Location")).text
        assert other.get("/compte").status == 303 and other.session is None
        assert b.get(link).status == 410 and b.post(link, {"nouveau": GOOD}).status == 410
        assert b.get("/mot-de-passe/" + "a" * 22).status == 404
        b.get("/connexion")
        assert b.submit("/connexion", email=who["login"], mot_de_passe=who["password"]).status == 422
        assert b.sign_in({**who, "password": GOOD}, when=1).status == 303


def test_changing_the_password_asks_the_old_one_and_ends_other_sessions():
    with Server() as s:
        b, other, who = Browser(s), Browser(s), s.account("secretary")
        other.sign_in(who, when=-1)
        b.sign_in(who, when=0)
        b.get("/compte")
        b.submit("/compte/mot-de-passe", actuel="faux", nouveau=GOOD)
        assert b.page.status == 422 and "actuel" in b.page.text
        assert 'href="/langue/en?retour=%2Fcompte"' in b.page.body
        b.submit("/compte/mot-de-passe", actuel=who["password"], nouveau="azertyuiop12")
        assert b.page.status == 422
        b.submit("/compte/mot-de-passe", actuel=who["password"], nouveau=GOOD)
        assert b.page.status == 303
        assert b.get("/compte").status == 200 and other.get("/compte").status == 303


def test_devices_are_listed_and_signed_out():
    with Server() as s:
        one, two, three, who = Browser(s), Browser(s), Browser(s), s.account("administrator")
        for when, b in ((-1, one), (0, two), (1, three)):
            b.sign_in(who, when=when)
        two.get("/compte")
        ends = re.findall(r'action="(/compte/appareils/\d+/fin)"', two.page.body)
        assert len(ends) == 2 and "Cet appareil" in two.page.text
        stranger = Browser(s)
        stranger.sign_in(s.account("secretary"))
        stranger.get("/compte")
        stranger.post(ends[0], {"csrf": stranger.form("/compte")["csrf"]})
        assert len(re.findall(r"/compte/appareils/\d+/fin", two.get("/compte").body)) == 2  # not his to end
        two.submit(ends[0])
        alive = [b.get("/compte").status for b in (one, three)]
        assert sorted(alive) == [200, 303]
        two.get("/compte")
        two.submit("/compte/appareils/fin")
        assert [b.get("/compte").status for b in (one, two, three)] == [303, 200, 303]


def test_a_program_is_connected_with_its_scopes_and_disconnected():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.sign_in(who)
        b.get("/compte")
        b.submit("/compte/jetons", appareil="", portee=[])
        assert b.page.status == 422 and "Cochez" in b.page.text
        b.submit("/compte/jetons", appareil="Standard", portee=["1"])
        token = re.search(r"srm_[\w-]+", b.page.body).group()
        assert b.page.status == 200 and token not in b.get("/compte").body
        api = Browser(s)
        path = f"/api/v1/orgs/{s.demo['organisations'][0]['slug']}/bookings/1"
        bearer = {"Authorization": "Bearer " + token}
        assert api.get(path, headers=bearer).status == 404
        assert api.get(path, headers={"Authorization": "Bearer " + token[:-1] + "_"}).status == 401
        end = re.search(r'action="(/compte/jetons/\d+/fin)"', [b.get("/compte").body][0]).group(1)
        ends = re.findall(r'action="(/compte/jetons/\d+/fin)"', b.page.body)
        for end in ends:
            b.get("/compte")
            b.submit(end)
        assert api.get(path, headers=bearer).status == 401


def test_T6_a_program_may_do_no_more_than_its_scopes_say():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.sign_in(who)
        base = f"/api/v1/orgs/{s.demo['organisations'][0]['slug']}/bookings"
        api = Browser(s)
        for scope, reads, writes in (("1", True, False), ("2", False, True), ("4", False, False), ("8", False, False)):
            b.get("/compte")
            b.submit("/compte/jetons", appareil=f"Portée {scope}", portee=[scope])
            headers = {"Authorization": "Bearer " + re.search(r"srm_[\w-]+", b.page.body).group()}
            got = api.get(base + "/1", headers=headers)
            assert got.status == (404 if reads else 403), (scope, got.body)
            gone = api.request("DELETE", base + "/1", headers=headers)
            assert gone.status == (404 if writes else 403), (scope, gone.body)
            made = api.request("POST", base, {"x": "1"}, headers={**headers, "Content-Type": "application/json"})
            assert made.status == (400 if writes else 403), (scope, made.body)
            for refused in [a for a in (got, gone, made) if a.status == 403]:
                assert refused.header("Content-Type") == "application/problem+json"
                assert json.loads(refused.body)["error"], refused.body


def test_another_phone_needs_a_code_of_the_old_one():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.sign_in(who, when=-1)
        b.get("/compte")
        b.submit("/compte/second-facteur", preuve="000000")
        assert b.page.status == 422 and b.get("/connexion/inscription-code").status == 303
        b.get("/compte")
        b.submit("/compte/second-facteur", preuve=totp(who["totp_secret"], s.now()))
        b.get(b.page.header("Location"))
        key = re.search(r'class="code">([A-Z2-7 ]+)<', b.page.body).group(1).replace(" ", "")
        assert key != who["totp_secret"] and b.get("/agenda").status == 303  # until it is done
        b.get("/connexion/inscription-code")
        b.submit("/connexion/inscription-code", code=totp(key, s.now() + 30))
        assert b.page.status == 200 and b.get("/compte").status == 200
        s.jump(120)
        c = Browser(s)
        assert c.sign_in(who).status == 422  # the old phone is out
        assert c.submit("/connexion/code", code=totp(key, s.now())).status == 303


def sign_in_by_mail(b, address, nth=1):
    b.get("/connexion/patient")
    b.submit("/connexion/patient", email=address)
    assert b.page.status == 200 and address in b.page.text
    return b.server.mail.code(address, nth)


def patient_address(s):
    """Somebody of the first organisation who has an appointment, as the API made it."""
    org, practitioner, motive = first_motive(s, s.world)
    slot = free_slots(s, org, practitioner, motive)[0]
    body = {"motive": motive, "practitioner": practitioner, "start": slot["start"],
            "patient": {"family": "Garnier", "given": "Elsa", "birth_date": "1984-05-06",
                        "email": "elsa@example.test", "phone": "+33639980001"}}
    made = s.api("POST", f"/orgs/{org}/bookings", s.account("administrator")["api_token"], body)
    assert made.status == 201, made.body
    return "elsa@example.test"


def test_a_patient_signs_in_with_a_code_and_finds_the_appointments():
    with Server(mail=True) as s:
        address = patient_address(s)
        already = s.mail.count(address) if s.mail.to(address) else 0
        b = Browser(s)
        assert b.get("/mes-rendez-vous").header("Location") == "/connexion/patient"
        code = sign_in_by_mail(b, address, already + 1)
        wrong = "%06d" % ((int(code) + 1) % 1000000)
        b.submit("/connexion/patient/code", code=wrong)
        assert b.page.status == 422 and b.session is None
        b.submit("/connexion/patient/code", code=code)
        assert b.page.header("Location") == "/mes-rendez-vous", b.page.text
        b.get("/mes-rendez-vous")
        assert b.page.status == 200 and s.demo["organisations"][0]["name"] in b.page.text
        link = re.search(r'href="(/rdv/[\w-]+)"', b.page.body).group(1)
        assert b.get(link).status == 200
        assert b.get("/agenda").status == 403 and b.get("/compte").status == 200
        assert "Logiciels connectés" not in b.page.text
        b.submit("/compte/mot-de-passe", nouveau=GOOD)
        assert b.page.status == 303
        # With a password the code is asked for as well: a password alone opens nothing.
        c = Browser(s)
        c.get("/connexion")
        c.submit("/connexion", email=address, mot_de_passe=GOOD)
        assert c.page.status == 200 and c.get("/mes-rendez-vous").status == 303
        code = s.mail.code(address, already + 2)
        c.get("/connexion/code")
        assert "Recevoir un code" in c.page.text
        c.submit("/connexion/code/envoi")
        newer = s.mail.code(address, already + 3)
        c.submit("/connexion/code", code=newer)
        assert c.page.header("Location") == "/mes-rendez-vous", c.page.text


def test_an_address_that_nobody_knows_gets_an_account_without_appointments():
    with Server(mail=True) as s:
        b = Browser(s)
        code = sign_in_by_mail(b, "inconnue@example.test")
        b.submit("/connexion/patient/code", code=code)
        assert b.page.status == 303
        assert "Aucun rendez-vous à venir" in b.get("/mes-rendez-vous").text
        assert b.get("/compte").status == 200 and "inconnue@example.test" in b.page.text
        assert b.get("/agenda").status in (303, 403)


def test_a_code_by_mail_is_no_way_round_the_second_factor():
    with Server(mail=True) as s:
        who = s.account("administrator")
        b = Browser(s)
        code = sign_in_by_mail(b, who["login"])
        b.submit("/connexion/patient/code", code=code)
        assert b.page.header("Location") == "/connexion/code" and b.get("/agenda").status == 303
        b.get("/connexion/code")
        assert "application d’authentification" in b.page.text
        b.submit("/connexion/code", code=totp(who["totp_secret"], s.now()))
        assert b.page.header("Location") == "/aujourdhui"


def test_a_patient_steps_into_staffs_role_only_with_the_second_proof():
    with Server(mail=True) as s:
        b = Browser(s)
        code = sign_in_by_mail(b, "lena@example.test")
        b.submit("/connexion/patient/code", code=code)
        assert b.get("/compte").status == 200
        s.jump(0, "user", "add", "--email", "lena@example.test", "--name", "Léna Roche", "--org",
               s.demo["organisations"][0]["slug"], "--role", "administrator")
        b.get("/connexion/cabinet")
        choice = re.search(r'name="choix" value="(\d+\.4)"', b.page.body).group(1)
        b.submit("/connexion/cabinet", choix=choice)
        assert b.page.header("Location").startswith("/connexion/inscription-code")
        assert b.get("/agenda").header("Location").startswith("/connexion")
        # And the mailbox alone does not do it either.
        c = Browser(s)
        code = sign_in_by_mail(c, "lena@example.test", 2)
        c.submit("/connexion/patient/code", code=code)
        assert c.page.header("Location").startswith("/connexion?") and c.session is None


def test_codes_by_mail_are_throttled_and_die_of_wrong_tries():
    with Server(mail=True) as s:
        b = Browser(s)
        code = sign_in_by_mail(b, "inconnu@example.test")
        page = b.page
        for _ in range(5):
            b.submit("/connexion/patient/code", code="%06d" % ((int(code) + 7) % 1000000))
        b.page = page
        b.submit("/connexion/patient/code", code=code)
        assert b.page.status == 422 and b.session is None
        for _ in range(3):
            b.get("/connexion/patient")
            b.submit("/connexion/patient", email="inconnu@example.test")
        assert b.page.status == 429 and int(b.page.header("Retry-After")) >= 1


def link_of(server, address, path, nth=1):
    return re.search(path + r"[\w-]{22}", server.mail.words(address, nth)).group()


def test_T25_staff_changes_the_address_with_a_fresh_code_and_the_new_mailbox_confirms():
    with Server(mail=True) as s:
        b, other, thief, who = Browser(s), Browser(s), Browser(s), s.account("secretary")
        other.sign_in(who, when=-1)
        b.sign_in(who, when=0)
        assert "Changer d’adresse" in b.get("/compte").text
        b.get("/compte/adresse")
        b.submit("/compte/adresse", email="pas une adresse", code="000000")
        assert b.page.status == 422 and b.form("/compte/adresse")["email"] == "pas une adresse"
        assert 'href="/langue/en?retour=%2Fcompte%2Fadresse"' in b.page.body
        b.submit("/compte/adresse", email=who["login"].upper(), code="000000")
        assert b.page.status == 422 and "adresse actuelle" in b.page.text
        b.submit("/compte/adresse", email="neuve@example.test", code="000000")
        assert b.page.status == 422 and s.mail.count("neuve@example.test") == 0  # a session alone is not enough
        b.submit("/compte/adresse", email="neuve@example.test", code=totp(who["totp_secret"], s.now() + 30))
        assert b.page.status == 303, b.page.text
        confirm = link_of(s, "neuve@example.test", "/adresse/")
        stop = link_of(s, who["login"], "/adresse/arret/")
        assert "neuve@example.test" in b.get("/compte").text and "Garder l’adresse actuelle" in b.page.text
        # The link alone opens nothing: it leads to the sign-in and back.
        assert thief.get(confirm).header("Location").startswith("/connexion?retour=")
        assert thief.post(confirm, {}).status == 303 and s.mail.count(who["login"]) == 1
        stranger = Browser(s)
        stranger.sign_in(s.account("administrator"))
        assert stranger.get(confirm).status == 403
        before = b.session
        assert "neuve@example.test" in b.get(confirm).text
        b.submit(confirm)
        assert b.page.status == 303 and b.session != before
        assert "neuve@example.test" in b.get(b.page.header("Location")).text
        assert other.get("/compte").status == 303 and "n’ouvre plus le compte" in s.mail.words(who["login"], 2)
        assert b.get(confirm).status == 410 and thief.get(stop).status == 410
        thief.get("/connexion")
        assert thief.submit("/connexion", email=who["login"], mot_de_passe=who["password"]).status == 422
        s.jump(60)
        assert thief.sign_in({**who, "login": "neuve@example.test"}).status == 303


def test_T25_the_old_mailbox_stops_it_without_signing_in():
    with Server(mail=True) as s:
        b, owner, who = Browser(s), Browser(s), s.account("secretary")
        b.sign_in(who, when=-1)
        b.get("/compte/adresse")
        b.submit("/compte/adresse", email="voleur@example.test", code=totp(who["totp_secret"], s.now()))
        stop = link_of(s, who["login"], "/adresse/arret/")
        assert owner.get(stop).status == 200 and b.get("/compte").status == 200  # looking stops nothing (T11)
        owner.submit(stop)
        assert owner.page.status == 200 and "Le changement est arrêté" in owner.page.text
        assert b.get("/compte").status == 303 and b.session is None
        b.sign_in(who, when=1)
        assert b.get(link_of(s, "voleur@example.test", "/adresse/")).status == 410
        assert who["login"] in b.get("/compte").text


def test_T25_links_lapse_are_replaced_and_can_be_withdrawn():
    with Server(mail=True) as s:
        b, who = Browser(s), s.account("secretary")
        b.sign_in(who, when=-1)
        for n, when in ((1, 0), (2, 1)):
            b.get("/compte/adresse")
            b.submit("/compte/adresse", email="neuve@example.test", code=totp(who["totp_secret"], s.now() + 30 * when))
        first, second = [link_of(s, "neuve@example.test", "/adresse/", n) for n in (1, 2)]
        assert b.get(first).status == 410 and b.get(second).status == 200
        b.get("/compte")
        b.submit("/compte/adresse/retirer")
        assert b.get(second).status == 410 and "Changer d’adresse" in b.get("/compte").text
        s.jump(60)
        b.get("/compte/adresse")
        b.submit("/compte/adresse", email="neuve@example.test", code=totp(who["totp_secret"], s.now()))
        third = link_of(s, "neuve@example.test", "/adresse/", 3)
        s.jump(14 * 60)
        assert b.get(third).status == 200
        s.jump(2 * 60)
        assert b.get(third).status == 410 and b.get("/adresse/" + "a" * 22).status == 404


def test_T25_a_patient_proves_the_present_mailbox_first_and_his_appointments_follow():
    with Server(mail=True) as s:
        b, phone = Browser(s), Browser(s)
        b.get("/connexion/patient")
        b.submit("/connexion/patient", email="zoe@example.test")
        b.submit("/connexion/patient/code", code=s.mail.code("zoe@example.test"))
        b.get("/compte/adresse")
        b.submit("/compte/adresse", email="zoe.roche@example.test")
        assert b.page.status == 200 and "Code reçu à l’adresse actuelle" in b.page.text
        b.submit("/compte/adresse", code="000000")
        assert b.page.status == 422 and b.form("/compte/adresse")["email"] == "zoe.roche@example.test"
        b.submit("/compte/adresse", code=s.mail.code("zoe@example.test", 2))
        assert b.page.status == 303, b.page.text
        confirm = link_of(s, "zoe.roche@example.test", "/adresse/")
        # On another device: signed in with the present address, by a code, and back to the link.
        phone.get(phone.get(confirm).header("Location"))
        door = re.search(r'href="(/connexion/patient\?retour=[^"]+)"', phone.page.body).group(1)
        phone.get(door)
        phone.submit("/connexion/patient", email="zoe@example.test")
        phone.submit("/connexion/patient/code", code=s.mail.code("zoe@example.test", 4))
        assert phone.page.header("Location") == confirm, phone.page.text
        phone.get(confirm)
        phone.submit(confirm)
        assert phone.page.status == 303 and b.get("/compte").status == 303
        assert "zoe.roche@example.test" in phone.get("/compte").text
        b.get("/connexion/patient")
        b.submit("/connexion/patient", email="zoe.roche@example.test")
        b.submit("/connexion/patient/code", code=s.mail.code("zoe.roche@example.test", 2))
        assert "zoe.roche@example.test" in b.get("/compte").text


def test_T21_an_address_that_has_an_account_is_told_to_its_owner_alone():
    with Server(mail=True) as s:
        b, who, other = Browser(s), s.account("secretary"), s.account("administrator")
        b.sign_in(who, when=-1)
        answers = []
        for address, when in ((other["login"], 0), ("personne@example.test", 1)):
            b.get("/compte/adresse")
            b.submit("/compte/adresse", email=address, code=totp(who["totp_secret"], s.now() + 30 * when))
            answers.append((b.page.status, b.page.header("Location")))
            if address == other["login"]:
                b.get(link_of(s, address, "/adresse/"))
                assert b.page.status == 409 and "déjà son propre compte" in b.page.text
                assert b.post(f"/adresse/{'x' * 22}", {"csrf": b.form('/deconnexion')["csrf"]}).status == 404
        assert answers[0] == answers[1] == (303, "/compte?fait=adresse-demandee")


def test_R62_a_page_knows_when_its_session_ends_and_can_put_it_off():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        assert "data-seconds" not in b.get("/connexion").body and b.post("/session", {}).status == 401
        b.sign_in(who)
        left = int(re.search(r'id="stay"[^>]* data-seconds="(\d+)"', b.get("/compte").body).group(1))
        assert 15 * 60 - 30 <= left <= 15 * 60
        assert b.post("/session", {}).status == 410  # T11: not without the form's word
        s.jump(14 * 60)
        b.submit("/session")
        assert b.page.status == 200 and 15 * 60 - 30 <= int(b.page.body) <= 15 * 60
        s.jump(14 * 60)
        csrf = {"csrf": Forms(b.get("/compte").body).forms[0][1]["csrf"]}
        assert b.page.status == 200
        s.jump(15 * 60 + 5)
        assert b.post("/session", csrf).status == 401


def test_R62_after_twelve_hours_nothing_puts_the_end_off():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.sign_in(who)
        for _ in range(12 * 60 // 14):
            s.jump(14 * 60)
            assert b.get("/compte").status == 200
        assert "data-final" in b.page.body and 'action="/session"' not in b.page.body
        assert "durée maximale" in b.page.text


def test_a_form_of_ones_own_pages_survives_the_end_of_the_session_and_a_password_does_not():
    with Server(mail=True) as s:
        b = Browser(s)
        b.get("/connexion/patient")
        b.submit("/connexion/patient", email="zoe@example.test")
        b.submit("/connexion/patient/code", code=s.mail.code("zoe@example.test"))
        b.get("/compte")
        form, secret = b.form("/compte"), b.form("/compte/mot-de-passe")
        s.jump(16 * 60)
        assert b.post("/compte/mot-de-passe", {**secret, "nouveau": GOOD}).status == 303
        assert GOOD not in b.get(b.page.header("Location")).body
        b.post("/compte", {**form, "nom": "Zoé Roche"})
        assert b.page.status == 401 and b.page.header("WWW-Authenticate") == "Form"
        b.submit("/connexion/patient")
        assert b.page.status == 200 and b.form("/connexion/patient")["vers"] == "/compte"
        b.submit("/connexion/patient", email="zoe@example.test")
        b.submit("/connexion/patient/code", code=s.mail.code("zoe@example.test", 2))
        assert b.page.status == 200 and "Zoé Roche" in b.page.body
        b.submit("/compte")
        assert "Zoé Roche" in b.get("/compte").body
