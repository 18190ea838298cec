// Every page of the site map, as patients and staff see it: axe in light and dark
// on a telephone and on a desk, valid HTML, one main heading, no sideways scroll,
// no other host, no word from the browser's console, and the weight that it may have.
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { BUDGETS, faultsOf, overBudget, PHONE, watch, WIDTHS } from './checks.mjs';
import { deskOf } from './desk.mjs';
import { htmlFaults } from './html.mjs';
import { palettePng } from './palette.mjs';
import { startServer, wordsOf } from './server.mjs';

const root = resolve(import.meta.dirname, '../..');
const MONDAY = '2026-11-23';
let server, desk;

test.beforeAll(async () => {
	server = await startServer({ practitioners: 4, patients: 200, appointments: 900 });
	desk = deskOf(server);
});
test.afterAll(async () => { await server?.stop(); });

/** With E2E_LOOK set to a folder: a picture of every page there, to be looked at by people. */
async function look(page, seen, name, budget, widths = WIDTHS) {
	const folder = process.env.E2E_LOOK;
	const weight = await seen.weight();
	const shot = async (how) => { if (folder) await page.screenshot({ path: join(folder, `${name}-${how}.png`), fullPage: true }); };
	const faults = [...await faultsOf(page, widths, shot), ...await seen.htmlFaults(), ...overBudget(weight, BUDGETS[budget])];

	if (folder)
		console.log(`${name}: ${JSON.stringify(weight)}`);
	expect([...faults, ...seen.trouble], `${name}, ${page.url()}`).toEqual([]);
}

/** Sends a form with every answer taken out, as it may arrive whatever the browser checks. */
async function sendEmpty(page, selector) {
	await Promise.all([page.waitForEvent('load'), page.locator(selector).first().evaluate((form) => {
		for (const field of form.elements) {
			if (field.type === 'checkbox')
				field.checked = false;
			else if (field.type !== 'radio' && field.type !== 'hidden' && field.type !== 'submit' && field.tagName !== 'SELECT')
				field.value = '';
		}
		HTMLFormElement.prototype.submit.call(form);	// no script of the page, no check of the browser
	})]);
}

async function visitor(browser, options = {}) {
	const context = await browser.newContext({ locale: 'fr-FR', ...options });
	const page = await context.newPage();
	return { page, seen: await watch(page, server.url), done: () => context.close() };
}

/* ---- The checks themselves ---- */

test('the checks find what is wrong with a bad page', async ({ page }) => {
	const fixture = readFileSync(join(root, 'tests/e2e/fixtures/broken.html'));
	const bad = createServer((request, answer) => {
		answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8',
			'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src *" });
		answer.end(fixture);
	});
	await new Promise((ready) => bad.listen(0, '127.0.0.1', ready));
	const origin = `http://localhost:${bad.address().port}`;
	const seen = await watch(page, origin);
	await page.goto(origin);

	const weight = await seen.weight();
	const faults = (await faultsOf(page)).join('\n');
	for (const fault of ['image-alt, 390 pixels, light', 'color-contrast, 1280 pixels, dark', 'html-has-lang', 'scrolls sideways: 2014 at 320',
		'2 main headings', 'no language'])
		expect(faults).toContain(fault);
	expect(seen.trouble.join('\n')).toMatch(/another host: http:\/\/127\.0\.0\.1:9\//);
	expect(seen.trouble.join('\n')).toMatch(/Content Security Policy/);
	expect((await seen.htmlFaults()).join('\n')).toMatch(/element-permitted-content/);
	expect(overBudget(weight, { html: 100, requests: 1 })).toEqual([expect.stringMatching(/^html: /), expect.stringMatching(/^requests: /)]);
	bad.close();
});

/* ---- The site map: how to come to each page ---- */

/* What a GET answers that is no page. */
const NO_PAGES = ['/healthz', '/metrics', '/langue/{}', '/agenda/version', '/agenda/libre', '/reglages/journal/point', '/reglages/journal/{}/preuve',
	'/api/v1/log/checkpoint', '/api/v1/log/key', '/api/v1/log/growth', '/s/{}/{}/photo', '/rdv/{}/rdv.ics', '/reglages/soignants/{}/photo',
	'/api/v1/openapi.json', '/api/v1/orgs/{}/practitioners', '/api/v1/orgs/{}/motives', '/api/v1/orgs/{}/slots',
	'/api/v1/orgs/{}/practitioners/{}/slots', '/api/v1/orgs/{}/bookings/{}'];

/* Visited on the way of somebody who books, signs in or was invited, by a test of its own below. */
const ON_THE_WAY = ['/coordonnees', '/confirmer', '/rdv/{}', '/rdv/{}/annuler', '/rdv/{}/deplacer', '/connexion/code',
	'/connexion/inscription-code', '/mot-de-passe/{}', '/invitation/{}', '/mes-rendez-vous', '/messages/{}',
	'/mes-proches', '/adresse/{}', '/adresse/arret/{}'];

/* pattern, where (default: the pattern); from: the page with a link of that form; empty: a form to be sent without answers */
const PUBLIC = [
	['/'],
	['/soignants', { at: '/soignants?q=consultation&ou=Nantes' }],
	['/soignants', { name: 'nobody-found', at: '/soignants?q=dompteur' }],
	['/s/{}', { from: '/', through: /^\/s\/[^/]+\/[^/]+/, link: /^\/s\/[^/?]+$/ }],
	['/s/{}/{}', { from: '/', link: /^\/s\/[^/]+\/[^/]+$/ }],
	['/confidentialite'], ['/cookies'], ['/accessibilite'], ['/mentions-legales'],
	['/connexion', { empty: 'main form' }],
	['/connexion/patient', { empty: 'main form' }],
	['/mot-de-passe-oublie', { empty: 'main form' }],
];

const STAFF = [
	['/aujourdhui', { budget: 'agenda' }],
	['/agenda', { name: 'agenda-columns', at: `/agenda?vue=colonnes&date=${MONDAY}`, budget: 'agenda' }],
	['/agenda', { name: 'agenda-day', at: `/agenda?vue=jour&date=${MONDAY}`, budget: 'agenda' }],
	['/agenda', { name: 'agenda-week', at: `/agenda?vue=semaine&date=${MONDAY}`, budget: 'agenda' }],
	['/agenda/aller', { budget: 'agenda' }],
	['/agenda/feuille', { at: `/agenda/feuille?vue=colonnes&date=${MONDAY}`, budget: 'agenda' }],
	['/agenda/raccourcis', { budget: 'agenda' }],
	['/agenda/blocage', { empty: 'main form', budget: 'agenda' }],
	['/agenda/rdv/nouveau', { at: `/agenda/rdv/nouveau?jour=${MONDAY}`, empty: 'main form[method=post]', budget: 'agenda' }],
	['/agenda/rdv/{}', { from: `/agenda?vue=colonnes&date=${MONDAY}`, link: /^\/agenda\/rdv\/\d+/, budget: 'agenda' }],
	['/patients', { budget: 'agenda' }],
	['/patients', { name: 'patients-found', at: '/patients?q=ma', budget: 'agenda' }],
	['/taches'],
	['/lecture'],
	['/reglages'],
	['/reglages/cabinet', { empty: 'main form' }],
	['/reglages/lieux'],
	['/reglages/lieux/nouveau', { empty: 'main form' }],
	['/reglages/lieux/{}', { from: '/reglages/lieux', link: /^\/reglages\/lieux\/\d+$/, empty: 'main form' }],
	['/reglages/soignants'],
	['/reglages/soignants/nouveau', { empty: 'main form' }],
	['/reglages/soignants/{}', { from: '/reglages/soignants', link: /^\/reglages\/soignants\/\d+$/, empty: 'main form' }],
	['/reglages/motifs'],
	['/reglages/motifs/nouveau', { empty: 'main form' }],
	['/reglages/motifs/{}', { from: '/reglages/motifs', link: /^\/reglages\/motifs\/\d+$/, empty: 'main form' }],
	['/reglages/salles'],
	['/reglages/salles/nouvelle', { empty: 'main form' }],
	['/reglages/salles/{}', { from: '/reglages/salles', link: /^\/reglages\/salles\/\d+$/, empty: 'main form' }],
	['/reglages/horaires', { empty: 'form[action="/reglages/horaires/exception"]' }],
	['/reglages/horaires/nouveau', { from: '/reglages/horaires', link: /^\/reglages\/horaires\/nouveau/, empty: 'main form' }],
	['/reglages/horaires/{}', { from: '/reglages/horaires', link: /^\/reglages\/horaires\/\d+/, empty: 'main form' }],
	['/reglages/absences'],
	['/reglages/absences/nouvelle', { from: '/reglages/absences', link: /^\/reglages\/absences\/nouvelle/, empty: 'main form' }],
	['/reglages/absences/{}', { from: '/reglages/absences', link: /^\/reglages\/absences\/\d+(\?|$)/, empty: 'main form' }],
	['/reglages/absences/{}/rendez-vous', { from: '/reglages/absences', link: /^\/reglages\/absences\/\d+\/rendez-vous/ }],
	['/reglages/equipe'],
	['/reglages/equipe/inviter', { empty: 'main form' }],
	['/reglages/journal'],
	['/reglages/alertes'],
	['/messages'],
	['/compte', { empty: 'form[action="/compte"]' }],
	['/compte/adresse', { empty: 'main form' }],
	['/connexion/cabinet'],
];

test('every page of the site map is looked at by some test', () => {
	const map = readFileSync(join(root, 'src/web/routes.def'), 'utf8');
	const patterns = [...map.matchAll(/^ROUTE\(GET,\s+"([^"]+)"/gm)].map((m) => m[1]);
	const known = new Set([...NO_PAGES, ...ON_THE_WAY, ...PUBLIC.map(([p]) => p), ...STAFF.map(([p]) => p)]);

	expect(patterns.length).toBeGreaterThan(50);
	expect(patterns.filter((p) => !known.has(p))).toEqual([]);
	expect([...known].filter((p) => !patterns.includes(p))).toEqual([]);
});

async function firstLink(page, pattern) {
	const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	const found = links.find((href) => pattern.test(href));
	expect(found, `a link ${pattern} on ${page.url()}`).toBeTruthy();
	return found;
}

async function visit(page, seen, pattern, { name, at = pattern, from, through, link, empty, budget }) {
	const file = name ?? (pattern === '/' ? 'home' : pattern.slice(1).replaceAll('/', '-').replaceAll('{}', 'one'));

	if (from !== undefined) {
		await page.goto(server.url + from);
		if (through !== undefined)
			await page.goto(server.url + await firstLink(page, through));
		at = await firstLink(page, link);
	}
	await page.goto(server.url + at);
	expect(seen.status(), at).toBe(200);
	await look(page, seen, file, budget);
	if (empty !== undefined) {
		await sendEmpty(page, empty);
		expect(seen.status(), `${at} without answers`).toBe(422);
		await expect(page.locator('#errors')).toBeVisible();	// ux-53
		await look(page, seen, `${file}-errors`, budget, [PHONE]);
	}
}

/* What a practice has only once somebody made it. */

async function makeAbsence(page) {
	await page.goto(`${server.url}/reglages/absences`);
	await page.goto(server.url + await firstLink(page, /^\/reglages\/absences\/nouvelle/));
	for (const [name, value] of [['debut_jour', '07/12/2026'], ['debut_heure', '8:00'], ['fin_jour', '08/12/2026'], ['fin_heure', '20:00']])
		await page.locator(`[name=${name}]`).fill(await page.locator(`[name=${name}]`).getAttribute('type') === 'date' ?
			value.split('/').reverse().join('-') : value.padStart(5, '0'));
	await page.locator('main form button[type=submit]').first().click();
	await expect(page).not.toHaveURL(/\/nouvelle/);
}

async function makeRoom(page, name = 'Salle de soins') {
	await page.goto(`${server.url}/reglages/salles/nouvelle`);
	await page.locator('[name=nom]').fill(name);
	await page.locator('[name=genre]').first().check();
	await page.locator('[name=lieu]').selectOption({ index: 1 });
	await page.locator('main form button[type=submit]').first().click();
	await expect(page).toHaveURL(/\/reglages\/salles(\?|$)/);
}

async function inviteSomebody(page, who, url = server.url) {
	await page.goto(`${url}/reglages/equipe/inviter`);
	await page.locator('[name=nom]').fill('Sophie Bernard');
	await page.locator('[name=email]').fill(`${who}@example.test`);
	await page.locator('[name=role][value=secretary], [name=role]').last().check();
	await page.locator('main form button[type=submit]').first().click();
	await expect(page).toHaveURL(/\/reglages\/equipe(\?|$)/);
}

for (const [pattern, how = {}] of PUBLIC) {
	test(`public: ${how.name ?? pattern}`, async ({ browser }) => {
		const { page, seen, done } = await visitor(browser);
		await visit(page, seen, pattern, { budget: 'public', ...how });
		expect(await page.context().cookies()).toEqual([]);	// ux-56
		await done();
	});
}

for (const [pattern, how = {}] of STAFF) {
	test(`staff: ${how.name ?? pattern}`, async ({ browser }) => {
		const { page, done } = await desk(browser, 'administrator');
		const seen = await watch(page, server.url);
		if (pattern.startsWith('/reglages/absences/{}'))
			await makeAbsence(page);
		if (pattern === '/reglages/salles/{}')
			await makeRoom(page);
		await visit(page, seen, pattern, { budget: 'staff', ...how });
		await done();
	});
}

/* ---- On the way ---- */

/** From a practitioner's page to a held time. */
async function toDetails(page) {
	await page.goto(server.url);
	await page.locator('.result a.btn').first().click();
	await page.getByRole('link', { name: 'Jours suivants' }).click();
	await page.locator('.slots button').first().click();
	await expect(page).toHaveURL(/\/coordonnees$/);
}

async function giveDetails(page, who) {
	await page.getByLabel('Nom de famille', { exact: true }).fill(who.family);
	await page.getByLabel('Prénom', { exact: true }).fill(who.given);
	await page.getByLabel('Date de naissance').fill('12/03/1980');
	await page.getByLabel('Votre adresse e-mail').fill(who.email);
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page).toHaveURL(/\/confirmer$/);
}

test('on the way of a booking, and afterwards by its link', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser, { viewport: { width: 390, height: 844 } });
	const who = { family: 'Dupont', given: 'Léa', email: 'lea.pages@example.test' };

	await toDetails(page);
	await look(page, seen, 'details', 'public');
	await sendEmpty(page, 'main form[action="/coordonnees"]');
	expect(seen.status()).toBe(422);
	await look(page, seen, 'details-errors', 'public', [PHONE]);
	await giveDetails(page, who);
	await look(page, seen, 'confirm', 'public');
	await sendEmpty(page, 'form[action="/confirmer"]');
	expect(seen.status()).toBe(422);
	await look(page, seen, 'confirm-errors', 'public', [PHONE]);
	await page.getByLabel('Code').fill(await server.codeFor(who.email));
	await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();
	await expect(page).toHaveTitle(/^Rendez-vous confirmé/);
	await look(page, seen, 'confirmed', 'public');

	const link = page.url().split('?')[0];
	for (const [path, name] of [['', 'appointment'], ['/deplacer', 'move'], ['/annuler', 'cancel']]) {
		await page.goto(link + path);
		await look(page, seen, name, 'public');
	}
	await page.getByRole('button', { name: 'Annuler le rendez-vous' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rendez-vous annulé');
	await look(page, seen, 'cancelled', 'public');
	await done();
});

test('a time that was taken meanwhile, and three others', async ({ browser }) => {
	const slow = await visitor(browser), fast = await visitor(browser);

	await slow.page.goto(server.url);
	await slow.page.locator('.result a.btn').first().click();
	await fast.page.goto(slow.page.url());
	await fast.page.locator('.slots button').first().click();
	await expect(fast.page).toHaveURL(/\/coordonnees$/);
	await slow.page.locator('.slots button').first().click();
	expect(slow.seen.status()).toBe(409);
	await look(slow.page, slow.seen, 'taken', 'public');
	await fast.done();
	await slow.done();
});

test('a patient’s code by e-mail, and own appointments', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser);

	await page.goto(`${server.url}/mes-rendez-vous`);
	await page.getByLabel('Adresse e-mail').fill('nina.pages@example.test');
	await page.getByRole('button', { name: 'Recevoir un code' }).click();
	await look(page, seen, 'patient-code', 'public');
	await page.getByLabel('Code').fill(await server.codeFor('nina.pages@example.test'));
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page.getByText('Aucun rendez-vous à venir')).toBeVisible();
	await look(page, seen, 'patient-nothing', 'public');
	await page.goto(`${server.url}/compte`);
	await look(page, seen, 'patient-account', 'public');
	await done();

	const known = await desk(browser, 'patient');
	const knownSeen = await watch(known.page, server.url);
	await known.page.goto(`${server.url}/mes-rendez-vous`);
	await expect(known.page.getByRole('heading', { name: 'Mes rendez-vous' })).toBeVisible();
	await look(known.page, knownSeen, 'patient-appointments', 'public');
	await known.done();
});

test('signing in: the code, a mistake in it', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser);
	const { login, password } = server.demo.accounts.find((a) => a.role === 'practitioner');

	await page.goto(`${server.url}/connexion`);
	await page.getByLabel('Adresse e-mail').fill(login);
	await page.getByLabel('Mot de passe', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Se connecter' }).click();
	await expect(page).toHaveURL(/\/connexion\/code/);
	await look(page, seen, 'code', 'public');
	await sendEmpty(page, 'form[action="/connexion/code"]');
	await look(page, seen, 'code-errors', 'public', [PHONE]);
	await done();
});

const linkIn = (message, pattern) => wordsOf(message).replace(/=\r?\n/g, '').match(pattern)[0];

test('a forgotten password', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser);
	const { login } = server.demo.accounts.find((a) => a.role === 'secretary');

	await page.goto(`${server.url}/mot-de-passe-oublie`);
	await page.getByLabel('Adresse e-mail').fill(login);
	await page.getByRole('button', { name: 'Recevoir le lien' }).click();
	await look(page, seen, 'password-link-sent', 'public');
	await page.goto(server.url + linkIn(await server.mailTo(login), /\/mot-de-passe\/[\w-]+/));
	await look(page, seen, 'password-new', 'public');
	await sendEmpty(page, 'main form');
	expect(seen.status()).toBe(422);
	await look(page, seen, 'password-new-errors', 'public', [PHONE]);
	await done();
});

test('an invitation, and the second factor that follows it', async ({ browser }) => {
	const admin = await desk(browser, 'administrator');
	await inviteSomebody(admin.page, 'recrue');
	await admin.done();

	const { page, seen, done } = await visitor(browser);
	await page.goto(server.url + linkIn(await server.mailTo('recrue@example.test'), /\/invitation\/[\w-]+/));
	await look(page, seen, 'invitation', 'public');
	await sendEmpty(page, 'main form');
	expect(seen.status()).toBe(422);
	await look(page, seen, 'invitation-errors', 'public', [PHONE]);
	await page.getByLabel('Votre nom').fill('Sophie Recrue');
	await page.getByLabel(/mot de passe/i).fill('lampe-sentier-mousse 9');
	await page.locator('main form button[type=submit]').first().click();
	await expect(page).toHaveURL(/\/connexion\/inscription-code/);
	await look(page, seen, 'enrol', 'public');
	await done();
});

test('a message that waits on a server without SMTP is read there', async ({ browser }) => {
	const silent = await startServer({ practitioners: 1, patients: 5, appointments: 5, sends: false });
	const { page, done } = await deskOf(silent)(browser, 'administrator');

	await inviteSomebody(page, 'message', silent.url);
	const seen = await watch(page, silent.url);	// what the pages before have loaded is theirs
	await page.goto(`${silent.url}/messages`);
	await look(page, seen, 'messages-waiting', 'staff');
	await page.goto(silent.url + await firstLink(page, /^\/messages\/\d+$/));
	await look(page, seen, 'message', 'staff');
	await done();
	await silent.stop();
});

/* ---- Errors ---- */

test('pages of errors: unknown, not allowed, wrong method, stale, flood', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser);
	const answers = async (status, name) => {
		expect(seen.status(), name).toBe(status);
		await look(page, seen, name, 'public');
	};

	for (const path of ['/nulle-part', '/s/inconnu', '/s/inconnu/personne', `/rdv/${'A'.repeat(43)}`, '/mot-de-passe/x', '/invitation/x']) {
		await page.goto(server.url + path);
		expect(seen.status(), path).toBe(404);
	}
	await answers(404, 'error-404');
	await page.goto(`${server.url}/deconnexion`);
	await answers(405, 'error-405');
	await toDetails(page);
	await page.locator('main form[action="/coordonnees"] [name=csrf]').evaluate((field) => { field.value = 'stale'; });
	await sendEmpty(page, 'main form[action="/coordonnees"]');
	await answers(410, 'error-410');
	await done();
});

test('a secretary is told which page is not for her', async ({ browser }) => {
	const { page, done } = await desk(browser, 'secretary');
	const seen = await watch(page, server.url);

	await page.goto(`${server.url}/reglages/equipe`);
	expect(seen.status()).toBe(403);
	await look(page, seen, 'error-403', 'staff');
	await page.close();
	await done().catch(() => {});
});

/* ---- Other ways to read ---- */

test('ux-55: booking at 400 %, and with the text twice as large', async ({ browser }) => {
	// 1280 by 1024 at 400 % is 320 by 256 for the page.
	const { page, done } = await visitor(browser, { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });
	const reachable = async () => {
		expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), page.url()).toBe(true);
		expect(await cutWords(page), page.url()).toEqual([]);
	};

	await page.goto(server.url);
	await reachable();
	await toDetails(page);
	await reachable();
	await page.setViewportSize({ width: 640, height: 512 });
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	await reachable();
	await page.goBack();
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	await reachable();
	await done();
});

/** Buttons and links whose words do not fit into them. */
function cutWords(page) {
	return page.evaluate(() => [...document.querySelectorAll('main :is(a, button, label, h1, h2, h3)')]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline')
		.map((e) => e.textContent.trim()));
}

test('forced colours: what is chosen still shows', async ({ browser }) => {
	const { page, seen, done } = await visitor(browser, { forcedColors: 'active' });

	await page.goto(server.url);
	await page.locator('.result a.btn').first().click();
	const [chosen, other] = await page.locator('.motives a').evaluateAll((all) =>
		[all.find((a) => a.ariaCurrent), all.find((a) => !a.ariaCurrent)].map((a) => {
			const style = getComputedStyle(a);
			return [style.borderColor, style.borderWidth, style.outlineStyle, style.backgroundColor, style.fontWeight].join();
		}));
	expect(chosen).not.toBe(other);
	expect(seen.trouble).toEqual([]);
	await done();
	const work = await desk(browser, 'administrator', { forcedColors: 'active' });
	await work.page.goto(`${server.url}/agenda?vue=colonnes&date=${MONDAY}`);
	await expect(work.page.locator('.ev a').first()).toHaveCSS('border-top-style', 'solid');
	await work.done();
});

test('ux-39: the day prints, as a sheet and without the frame of the screen', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');

	await page.goto(`${server.url}/agenda?vue=jour&date=${MONDAY}`);
	const pdf = await page.pdf({ format: 'A4' });
	expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
	expect(pdf.length).toBeGreaterThan(5000);
	await page.emulateMedia({ media: 'print' });
	for (const screen of ['nav.side', 'search', 'footer'])
		await expect(page.locator(screen).first()).toBeHidden();
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	await done();
});

test('every page works without JavaScript: no act hangs on a script', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator', { javaScriptEnabled: false });
	const plain = [...PUBLIC, ...STAFF].filter(([, how = {}]) => how.from === undefined);

	for (const [pattern, how = {}] of plain) {
		const source = await (await page.request.get(server.url + (how.at ?? pattern))).text();
		await page.setContent(source.replace(/<(link|script)\b[^>]*>/g, ''));
		const idle = page.locator('button:not(form button, [form], [hidden], [popovertarget]), a:not([href]), a[href="#"], [onclick]');
		await expect(idle, pattern).toHaveCount(0);
		await expect(page.locator('form:not(:has(button[type=submit], button:not([type]), input[type=submit]))'), pattern).toHaveCount(0);
	}
	await done();
});

test('without JavaScript: a room, an absence and an invitation', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator', { javaScriptEnabled: false });

	await makeRoom(page, 'Salle sans script');
	await expect(page.getByText('Salle sans script').first()).toBeVisible();
	await makeAbsence(page);
	await inviteSomebody(page, 'sans.script');
	await expect(page.getByText('sans.script@example.test').first()).toBeVisible();
	await done();
});

/* ---- What the README shows ---- */

const SMALL = 150 * 1024;

/** Written to docs/ with E2E_SCREENSHOTS=1; otherwise it is only seen that they can be made. */
async function picture(page, name) {
	const png = await palettePng(page.context(), await page.screenshot());

	expect(png.length).toBeGreaterThan(10000);
	expect(png.length).toBeLessThan(SMALL);
	if (process.env.E2E_SCREENSHOTS) {
		mkdirSync(join(root, 'docs'), { recursive: true });
		writeFileSync(join(root, 'docs', name), png);
	}
}

test('the pictures of the README', async ({ browser }) => {
	const patient = await visitor(browser, { viewport: { width: 390, height: 800 }, deviceScaleFactor: 1.5, colorScheme: 'light' });
	await patient.page.goto(server.url);
	await patient.page.locator('.result a.btn').first().click();
	await patient.page.getByRole('link', { name: 'Jours suivants' }).click();
	await patient.page.evaluate(() => document.fonts.ready);
	await patient.page.getByRole('heading', { name: 'Choisir un créneau' }).evaluate((h2) =>
		scrollTo({ top: h2.getBoundingClientRect().top + scrollY - 24, behavior: 'instant' }));
	await picture(patient.page, 'booking.png');
	await patient.done();

	const work = await desk(browser, 'administrator', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
	await work.page.goto(`${server.url}/agenda?vue=colonnes&date=${MONDAY}`);
	await work.page.evaluate(() => document.fonts.ready);
	await picture(work.page, 'agenda.png');
	await work.done();
});
