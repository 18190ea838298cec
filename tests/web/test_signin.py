"""Sign-in with two proofs (R54), and what it refuses (T11, T21, T22, T24, R62)."""
import json
import re

from harness import Browser, Server, totp

OUTSIDE = "/connexion?retour=%2Fcompte"


def signed_in(page):
    return page.status == 303 and page.header("Location") == "/compte"


def test_staff_signs_in_with_password_and_code_and_comes_back_to_the_page():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        assert b.get("/agenda?du=2026-11-23").header("Location") == "/connexion?retour=%2Fagenda%3Fdu%3D2026-11-23"
        b.get(b.page.header("Location"))
        assert "Se connecter" in b.page.text and "__Host-session" not in b.jar
        b.submit("/connexion", email=who["login"].upper(), mot_de_passe=who["password"])
        assert b.page.status == 303 and b.page.header("Location").startswith("/connexion/code?retour=")
        b.get(b.page.header("Location"))
        b.submit("/connexion/code", code=totp(who["totp_secret"], s.now()))
        assert b.page.status == 303 and b.page.header("Location") == "/agenda?du=2026-11-23"
        assert b.get("/compte").status == 200 and who["login"] in b.page.text
        assert "Secrétaire" in b.page.text and "Firefox, Linux" in b.page.text


def test_the_session_cookie_is_locked_to_this_host_and_hidden_from_scripts():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.get("/connexion")
        b.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
        cookie = b.page.cookies[0]
        parts = {p.strip().lower() for p in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-session=") and parts == {"path=/", "secure", "samesite=lax", "httponly"}, cookie


def test_every_step_gives_another_token_and_kills_the_one_before():
    with Server() as s:
        b, who = Browser(s), s.account("administrator")
        planted = "A" * 43
        b.jar["__Host-session"] = planted
        b.get("/connexion")
        b.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
        first = b.session
        assert first not in (planted, None)
        b.get("/connexion/code")
        b.submit("/connexion/code", code=totp(who["totp_secret"], s.now()))
        second = b.session
        assert second not in (planted, first)
        for dead in (planted, first):
            other = Browser(s)
            other.jar["__Host-session"] = dead
            assert other.get("/compte").header("Location") == OUTSIDE
            assert other.session is None  # the browser is told to forget it


def test_a_password_alone_opens_nothing():
    with Server() as s:
        b, who = Browser(s), s.account("administrator")
        b.get("/connexion")
        b.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
        half = b.session
        b.get("/connexion/code")
        csrf = b.form("/connexion/code")["csrf"]
        for path in ("/agenda", "/compte", "/connexion/cabinet", "/mes-rendez-vous", "/connexion/inscription-code"):
            assert b.get(path).status == 303, path
            assert b.page.header("Location").startswith("/connexion"), path
        for path in ("/compte/jetons", "/compte/codes", "/compte/mot-de-passe", "/compte/second-facteur",
                     "/connexion/cabinet", "/connexion/inscription-code", "/connexion/code/envoi"):
            b.post(path, {"csrf": csrf, "choix": "1.4", "code": "123456", "nouveau": "lampe-sentier-mousse 9"})
            assert b.page.status in (303, 401, 403), (path, b.page.status)
            assert b.session == half or b.page.status == 401, path
        assert b.get("/compte").status == 303


def test_a_wrong_password_is_told_and_the_address_kept():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        b.get("/connexion")
        b.submit("/connexion", email=who["login"], mot_de_passe="ce n'est pas cela")
        assert b.page.status == 422 and "inexact" in b.page.text and b.session is None
        assert b.form("/connexion")["email"] == who["login"] and b.form("/connexion")["mot_de_passe"] == ""
        b.submit("/connexion", email="", mot_de_passe="")
        assert b.page.status == 422 and "Indiquez votre adresse" in b.page.text


def test_a_code_works_once():
    with Server() as s:
        b, c, who = Browser(s), Browser(s), s.account("secretary")
        code = totp(who["totp_secret"], s.now())
        for browser, want in ((b, 303), (c, 422)):
            browser.get("/connexion")
            browser.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
            browser.get("/connexion/code")
            browser.submit("/connexion/code", code=code[:3] + " " + code[3:])
            assert browser.page.status == want, browser.page.text
        assert "a déjà servi" in c.page.text
        c.submit("/connexion/code", code=totp(who["totp_secret"], s.now() + 30))
        assert c.page.status == 303


def test_wrong_codes_wait_longer_and_longer_then_are_locked_out():
    with Server() as s:
        b, who = Browser(s), s.account("practitioner")
        b.get("/connexion")
        b.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
        b.get("/connexion/code")
        seen = []
        for _ in range(4):
            b.submit("/connexion/code", code="000000")
            seen.append(b.page.status)
        assert seen[:3] == [422] * 3 and seen[3] == 429, seen
        assert int(b.page.header("Retry-After")) >= 1 and "Patientez" in b.page.text
        # Even the right one has to wait.
        b.submit("/connexion/code", code=totp(who["totp_secret"], s.now()))
        assert b.page.status in (429, 303)


def test_a_login_is_locked_whether_it_exists_or_not():
    said = []
    for login in ("secretaire@", "secretairf@"):
        with Server() as s:
            b = Browser(s)
            login = s.account("secretary")["login"].replace("secretaire@", login)
            seen = []
            b.get("/connexion")
            for wait in (0, 0, 0, 2, 3, 5, 9, 17, 33, 65):
                if wait:
                    s.jump(wait)
                b.submit("/connexion", email=login, mot_de_passe="toujours faux")
                seen.append(b.page.status)
            s.jump(130)
            b.submit("/connexion", email=login, mot_de_passe="toujours faux")
            seen.append(b.page.status)
            wait = int(b.page.header("Retry-After") or 0)
            said.append((seen, wait // 60, re.sub(r"\d+ (min|s\w+)", "N", b.page.text).replace(login, "X")))
            assert 700 < wait <= 900, (seen, wait)
            if login.startswith("secretaire@"):
                b.submit("/connexion", email=login, mot_de_passe=s.account("secretary")["password"])
                assert b.page.status == 429  # the right password, too
                s.jump(901)
                b.get("/connexion")
                b.submit("/connexion", email=login, mot_de_passe=s.account("secretary")["password"])
                assert b.page.status == 303
    assert said[0] == said[1], said


def masked(page, address):
    body = page.body.replace(address, "X")
    body = re.sub(r'(name="jeton" value=")[^"]+', r"\1T", body)
    headers = sorted((n, v) for n, v in page.headers if n.lower() not in ("date", "set-cookie", "content-length"))
    return page.status, headers, body, len(page.cookies)


def test_nothing_tells_whether_an_account_exists():
    with Server(mail=True) as s:
        known = s.account("secretary")["login"]
        unknown = known.replace("secretaire", "secretairf")
        for path, fields in (("/connexion", {"mot_de_passe": "faux"}), ("/mot-de-passe-oublie", {}),
                             ("/connexion/patient", {})):
            answers = []
            for login in (known, unknown):
                b = Browser(s)
                b.get(path)
                b.submit(path, email=login, **fields)
                answers.append(masked(b.page, login))
            assert answers[0] == answers[1], path
        s.mail.to(known, 2)
        # A link is sent to those who have an account; a code, which proves an address, to both.
        assert s.mail.count(unknown) == 1


def test_a_recovery_code_replaces_the_phone_once():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        assert signed_in(b.sign_in(who))
        b.get("/compte")
        b.submit("/compte/codes", code=totp(who["totp_secret"], s.now() + 30))
        codes = re.findall(r"<code>([a-z2-9]{4}-[a-z2-9]{4})</code>", b.page.body)
        assert b.page.status == 200 and len(set(codes)) == 10
        for code, want in ((codes[0], 303), (codes[0], 422), (codes[1].replace("-", ""), 303)):
            c = Browser(s)
            c.get("/connexion")
            c.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
            c.get("/connexion/code")
            c.submit("/connexion/code", code=code)
            assert c.page.status == want, (code, c.page.text)
        assert "Il vous reste 8 codes de secours" in c.get("/compte").text


def test_signing_out_ends_the_session_on_the_server():
    with Server() as s:
        b = Browser(s)
        assert signed_in(b.sign_in(s.account("secretary")))
        b.get("/compte")
        token = b.session
        b.submit("/deconnexion")
        assert b.page.status == 303 and b.session is None
        assert "Vous êtes déconnecté" in b.get(b.page.header("Location")).text
        b.jar["__Host-session"] = token
        assert b.get("/compte").header("Location") == OUTSIDE


def test_idle_and_old_sessions_end():
    with Server() as s:
        b = Browser(s)
        assert signed_in(b.sign_in(s.account("secretary")))
        s.jump(14 * 60)
        assert b.get("/compte").status == 200
        s.jump(16 * 60)
        assert b.get("/compte").header("Location") == OUTSIDE


def test_forms_need_their_own_token_and_their_own_page():
    with Server() as s:
        b, c = Browser(s), Browser(s)
        assert signed_in(b.sign_in(s.account("secretary"))) and signed_in(c.sign_in(s.account("administrator")))
        b.get("/compte")
        right = b.form("/compte")
        stolen = Browser(s)
        stolen.jar = dict(c.jar)
        stolen.get("/compte")
        tries = [
            ({**right, "csrf": ""}, {}, 410),
            ({k: v for k, v in right.items() if k != "csrf"}, {}, 410),
            ({**right, "csrf": right["csrf"][:-1] + "_"}, {}, 410),
            ({**right, "csrf": stolen.form("/compte")["csrf"]}, {}, 410),
            (right, {"Origin": "https://evil.example"}, 403),
            (right, {"Origin": "null"}, 403),
            (right, {"Sec-Fetch-Site": "cross-site"}, 403),
            (right, {"Sec-Fetch-Site": "same-site"}, 403),
        ]
        for fields, headers, want in tries:
            got = b.post("/compte", {**fields, "nom": "Volé", "langue": "fr"}, headers=headers)
            assert got.status == want, (fields, headers, got.status)
        assert "Volé" not in b.get("/compte").body
        assert b.post("/compte", {**right, "nom": "Zoé Petit", "langue": "fr"},
                      headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}).status == 303
        assert 'value="Zoé Petit"' in b.get("/compte").body
        # A page that was open before the session changed is out of date.
        b.submit("/deconnexion")
        assert signed_in(b.sign_in(s.account("secretary"), when=1))
        assert b.post("/compte", {**right, "nom": "Vieux", "langue": "fr"}).status == 410


def test_one_goes_back_only_to_a_page_of_ours():
    with Server() as s:
        for when, to in ((-1, "//evil.example/"), (0, "https://evil.example/"), (1, "/\\evil.example")):
            b = Browser(s)
            assert b.sign_in(s.account("secretary"), when=when, to=to).header("Location") == "/aujourdhui", to


def test_what_was_typed_outlives_the_session():
    with Server() as s:
        b, who = Browser(s), s.account("secretary")
        assert signed_in(b.sign_in(who, when=-1))
        b.get("/compte")
        form = b.form("/compte/jetons")
        gone = b.session
        s.jump(16 * 60)
        typed = {**form, "appareil": "Standard <téléphonique> & co", "portee": ["1", "4"]}
        # Somebody else's page does not get its fields into our sign-in.
        b.post("/compte/jetons", typed, headers={"Origin": "https://evil.example"})
        assert b.page.status == 403
        b.jar["__Host-session"] = gone
        b.post("/compte/jetons", typed)
        assert b.page.status == 401 and "Rien n’est perdu" in b.page.text
        b.submit("/connexion", email=who["login"], mot_de_passe="faux")
        assert b.page.status == 422
        b.submit("/connexion", email=who["login"], mot_de_passe=who["password"])
        b.submit("/connexion/code", code="000000")
        assert b.page.status == 422
        b.submit("/connexion/code", code=totp(who["totp_secret"], s.now()))
        assert b.page.status == 200 and "n’est pas encore envoyé" in b.page.text
        kept = b.form("/compte/jetons")
        assert kept["appareil"] == typed["appareil"] and kept["csrf"] != form["csrf"]
        assert b.page.body.count('name="portee"') == 2 and form["csrf"] not in b.page.body
        b.post("/compte/jetons", {**kept, "portee": ["1", "4"]})
        assert b.page.status == 200 and "srm_" in b.page.body
        assert "Consulter les rendez-vous, Consulter l’agenda" in b.get("/compte").text


def test_a_carried_form_leads_to_forms_of_ours_only():
    with Server() as s:
        for when, path in ((-1, "//evil.example/x"), (0, "/api/v1/orgs"), (1, "/nulle-part")):
            b, who = Browser(s), s.account("secretary")
            b.get("/connexion")
            b.submit("/connexion", email=who["login"], mot_de_passe=who["password"], vers=path, saisie="a=b")
            assert b.page.status == 303, path  # nothing is carried
            b.get(b.page.header("Location"))
            b.submit("/connexion/code", code=totp(who["totp_secret"], s.now() + 30 * when),
                     vers=path, saisie="a=b")
            assert b.page.header("Location") == "/aujourdhui", path


def add_user(s, email, org, role):
    """An account without a second factor; the password it prints."""
    said = s.jump(0, "user", "add", "--email", email, "--name", "Nora Lemaire", "--org",
                  s.demo["organisations"][org]["slug"], "--role", role, "--json")
    return json.loads(said).get("password")


def test_staff_without_a_factor_sets_it_up_before_anything_else():
    with Server() as s:
        password = add_user(s, "nora@example.test", 0, "secretary")
        b = Browser(s)
        b.get("/connexion?retour=%2Fcompte")
        b.submit("/connexion", email="nora@example.test", mot_de_passe=password)
        assert b.page.header("Location") == "/connexion/inscription-code?retour=%2Fcompte"
        assert b.get("/compte").header("Location").startswith("/connexion/inscription-code")
        # Another browser that knows the password waits for its own enrolment.
        thief = Browser(s)
        thief.get("/connexion")
        thief.submit("/connexion", email="nora@example.test", mot_de_passe=password)
        b.get("/connexion/inscription-code?retour=%2Fcompte")
        key = re.search(r'class="code">([A-Z2-7 ]+)<', b.page.body).group(1).replace(" ", "")
        assert "<svg" in b.page.body and len(key) == 32
        assert b.get("/connexion/inscription-code?retour=%2Fcompte").body.count(key[:4]) > 0  # may be reloaded
        b.submit("/connexion/inscription-code", code="000000")
        assert b.page.status == 422 and "horloge" not in b.page.text and "inexact" in b.page.text
        b.submit("/connexion/inscription-code", code=totp(key, s.now()))
        codes = re.findall(r"<code>([a-z2-9]{4}-[a-z2-9]{4})</code>", b.page.body)
        assert b.page.status == 200 and len(set(codes)) == 10 and 'href="/compte"' in b.page.body
        assert b.get("/compte").status == 200
        assert thief.get("/connexion/inscription-code").header("Location").startswith("/connexion")
        assert thief.session is None
        c = Browser(s)
        assert signed_in(c.sign_in({"login": "nora@example.test", "password": password, "totp_secret": key}, when=1))


def test_whoever_works_in_two_practices_chooses_one():
    with Server() as s:
        who = s.account("secretary")
        s.jump(0, "user", "add", "--email", who["login"], "--name", "Nora Lemaire", "--org",
               s.demo["organisations"][1]["slug"], "--role", "practitioner")
        b = Browser(s)
        assert b.sign_in(who, to="/compte").header("Location") == "/connexion/cabinet?retour=%2Fcompte"
        b.get(b.page.header("Location"))
        values = re.findall(r'name="choix" value="([^"]+)"', b.page.body)
        assert len(values) == 2
        before = b.session
        for value in values:
            b.get("/connexion/cabinet")
            b.submit("/connexion/cabinet", choix=value)
            assert b.page.status == 303
            role = "Praticien" if value.endswith(".3") else "Secrétaire"
            assert f"· {role}" in b.get("/compte").text
        assert b.session != before
        b.get("/connexion/cabinet")
        for wrong in ("1.4", values[0][:-1] + "4", "", "patient", "x.y"):
            b.get("/connexion/cabinet")
            assert b.submit("/connexion/cabinet", choix=wrong).status == 404, wrong
