#!/usr/bin/env python3
"""Say where to go and how to sign in, from what `serment demo --json` printed.

Usage: addresses.py DEMO.json URL
"""
import json
import sys

demo, url = json.load(open(sys.argv[1])), sys.argv[2]
names = {o["slug"]: o["name"] for o in demo["organisations"]}
print(f"""
  Patients   {url}/                 find a professional and book
  Practice   {url}/connexion        agenda, settings, messages
  Messages   {url}/messages         what would have been sent by e-mail (as administrator)
""")
for account in demo["accounts"]:
    print(f"  {names[account['organisation']]}, {account['role']}: {account['login']}")
    print(f"      password {account['password']}   authenticator key {account['totp_secret'] or '-'}")
print("""
  The authenticator key goes into any TOTP application; or get the code of the moment with
      build/serment debug totp KEY
""")
