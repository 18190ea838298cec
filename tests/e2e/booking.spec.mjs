// A patient books on a telephone: with and without JavaScript, by keyboard
// alone, with mistakes, twice at once; then moves and cancels by the link.
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { startServer } from './server.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let server;
let patients = 0;

test.beforeAll(async () => { server = await startServer(); });
test.afterAll(async () => { await server?.stop(); });

/** Another patient every time: one person is in one place at a time. */
function somebody() {
	patients += 1;
	const letters = [...String(patients)].map((d) => 'abcdefghij'[d]).join('');
	return { family: `Dupont${letters}`, given: 'Léa', birth: '12/03/1980', email: `lea.${letters}@example.test` };
}

/** From the search to a practitioner's free times, late enough that they may be cancelled. */
async function toFreeTimes(page) {
	await page.goto(server.url);
	await page.getByLabel('Soignant, spécialité ou motif').fill('consultation');
	await page.getByRole('button', { name: 'Chercher' }).click();
	await page.locator('.result a.btn').first().click();
	await page.getByRole('link', { name: 'Jours suivants' }).click();
	await expect(page.getByRole('heading', { name: 'Choisir un créneau' })).toBeVisible();
}

async function fillDetails(page, who) {
	await page.getByLabel('Nom de famille', { exact: true }).fill(who.family);
	await page.getByLabel('Prénom', { exact: true }).fill(who.given);
	await page.getByLabel('Date de naissance').fill(who.birth);
	await page.getByLabel('Votre adresse e-mail').fill(who.email);
}

/** All the way; the address of the appointment's page. */
async function book(page, who = somebody()) {
	await toFreeTimes(page);
	await page.locator('.slots button').first().click();
	await fillDetails(page, who);
	await page.getByRole('button', { name: 'Continuer' }).click();
	await page.getByLabel('Code').fill(await server.codeFor(who.email));
	await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();
	await expect(page).toHaveTitle(/^Rendez-vous confirmé/);
	return page.url().split('?')[0];
}

async function noSidewaysScroll(page) {
	expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

for (const javaScriptEnabled of [true, false]) {
	test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
		test.use({ ...PHONE, javaScriptEnabled });

		test('ux-47 ux-49: three pages and few fields from the practitioner to the confirmation', async ({ page }) => {
			const who = somebody();
			await toFreeTimes(page);
			const first = page.locator('.slots button').first();
			// ux-55: a screen reader hears the whole date.
			await expect(first).toHaveAccessibleName(/^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) \d+(er)? \S+ à \d+ h/);
			const spoken = await first.getAttribute('aria-label');
			await first.click();

			await expect(page.getByText(/Ce créneau vous est réservé jusqu’à\s8\sh\s\d\d/)).toBeVisible();	// ux-50
			expect(await page.locator('main input:visible:not([type=radio], [type=hidden])').count()).toBeLessThanOrEqual(8);
			await fillDetails(page, who);
			await page.getByRole('button', { name: 'Continuer' }).click();

			await expect(page.getByText('12/03/1980')).toBeVisible();
			await page.getByLabel('Code').fill(await server.codeFor(who.email));
			await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();

			await expect(page).toHaveTitle(/^Rendez-vous confirmé/);
			await expect(page.locator('.ticket .when')).toHaveText(spoken, { ignoreCase: true });
			await expect(page.getByRole('link', { name: 'Ajouter à mon agenda' })).toBeVisible();
			await expect(page.getByRole('link', { name: 'Annuler' })).toBeVisible();
		});
	});
}

test('ux-48: at 320 pixels nothing scrolls sideways, on any step', async ({ browser }) => {
	const page = await browser.newPage({ viewport: { width: 320, height: 640 }, locale: 'fr-FR' });
	const who = somebody();
	await page.goto(server.url);
	await noSidewaysScroll(page);
	await toFreeTimes(page);
	await noSidewaysScroll(page);
	await page.locator('.slots button').first().click();
	await noSidewaysScroll(page);
	await fillDetails(page, who);
	await page.getByRole('button', { name: 'Continuer' }).click();
	await noSidewaysScroll(page);
	await page.getByLabel('Code').fill(await server.codeFor(who.email));
	await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();
	await noSidewaysScroll(page);
	await page.close();
});

test('axe finds nothing wrong on any step, in light and dark', async ({ browser }) => {
	const context = await browser.newContext({ ...PHONE, locale: 'fr-FR' });
	const page = await context.newPage();
	const who = somebody();
	for (const path of ['/', '/soignants?q=zzzz', '/confidentialite', '/cookies', '/accessibilite', '/mentions-legales']) {
		await page.goto(server.url + path);
		await accessible(page);
	}
	await toFreeTimes(page);
	await accessible(page);
	await page.locator('.slots button').first().click();
	await accessible(page);
	await page.getByRole('button', { name: 'Continuer' }).click();
	await accessible(page);
	await fillDetails(page, who);
	await page.getByRole('button', { name: 'Continuer' }).click();
	await accessible(page);
	await page.getByLabel('Code').fill(await server.codeFor(who.email));
	await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();
	await accessible(page);
	await page.getByRole('link', { name: 'Annuler' }).click();
	await accessible(page);
	await page.getByRole('link', { name: 'Plutôt le déplacer' }).click();
	await accessible(page);
	await context.close();
});

test('ux-55: the whole way by keyboard alone', async ({ page }) => {
	const who = somebody();
	const key = (name) => page.keyboard.press(name);
	const focused = (pattern) => page.evaluate(() => document.activeElement.getAttribute('aria-label') ??
		document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).then((t) => pattern.test(t));
	const tabTo = async (pattern) => {
		for (let i = 0; i < 80; i++) {
			await key('Tab');
			if (await focused(pattern))
				return;
		}
		throw new Error(`no way by Tab to ${pattern}`);
	};

	const enter = async (where) => {
		await Promise.all([page.waitForURL(where), key('Enter')]);
	};

	await page.goto(server.url);
	await tabTo(/Soignant, spécialité/);
	await page.keyboard.type('consultation');
	await enter(/\/soignants\?/);
	await tabTo(/^Choisir un créneau avec/);
	await enter(/\/s\//);
	await tabTo(/Jours suivants/);
	await enter(/du=/);
	await tabTo(/^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) .* à /);
	await enter(/\/coordonnees$/);
	await tabTo(/^Nom de famille/);
	await page.keyboard.type(who.family);
	await key('Tab');
	await page.keyboard.type(who.given);
	await key('Tab');
	await page.keyboard.type(who.birth);
	await tabTo(/^Votre adresse e-mail/);
	await page.keyboard.type(who.email);
	await enter(/\/confirmer$/);
	await tabTo(/^Code/);
	await page.keyboard.type(await server.codeFor(who.email));
	await key('Enter');
	await expect(page).toHaveTitle(/^Rendez-vous confirmé/);
});

test('ux-53: mistakes are summed up on top, linked, focused, and nothing typed is lost', async ({ page }) => {
	await toFreeTimes(page);
	await page.locator('.slots button').first().click();
	await fillDetails(page, { family: 'Dupont', given: 'Léa', birth: '29/02/2027', email: 'lea@' });
	const answer = page.waitForResponse((r) => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'Continuer' }).click();
	expect((await answer).status()).toBe(422);
	await expect(page.locator('#errors')).toBeFocused();
	await expect(page.locator('#errors a')).toHaveCount(2);
	await expect(page.getByLabel('Nom de famille', { exact: true })).toHaveValue('Dupont');
	await expect(page.getByLabel('Date de naissance')).toHaveValue('29/02/2027');
	await page.locator('#errors a').first().click();
	await expect(page.getByLabel('Date de naissance')).toBeFocused();
});

test('ux-52: for somebody close, the booker’s own name is asked for, and only then', async ({ page }) => {
	await toFreeTimes(page);
	await page.locator('.slots button').first().click();
	await expect(page.getByLabel('Votre nom de famille')).toBeHidden();
	await page.getByLabel('Pour un proche').check();
	await expect(page.getByLabel('Votre nom de famille')).toBeVisible();
	await fillDetails(page, somebody());
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page.locator('#errors a')).toHaveCount(2);
});

test('ux-50: more time keeps the form as it is', async ({ page }) => {
	await toFreeTimes(page);
	await page.locator('.slots button').first().click();
	await page.getByLabel('Nom de famille', { exact: true }).fill('À moitié');
	await page.getByRole('button', { name: 'Il me faut plus de temps' }).click();
	await expect(page.getByLabel('Nom de famille', { exact: true })).toHaveValue('À moitié');
	await expect(page.getByText(/Ce créneau vous est réservé jusqu’à/)).toBeVisible();
});

test('a form sent twice at once makes one appointment, and both answers lead to it', async ({ page }) => {
	const who = somebody();
	await toFreeTimes(page);
	await page.locator('.slots button').first().click();
	await fillDetails(page, who);
	await page.getByRole('button', { name: 'Continuer' }).click();
	const code = await server.codeFor(who.email);
	const ends = await page.evaluate(async (typed) => {
		const form = document.querySelector('form[action="/confirmer"]');
		const body = new URLSearchParams({ csrf: form.csrf.value, code: typed });
		const sent = [1, 2].map(() => fetch('/confirmer', { method: 'POST', body }));
		return (await Promise.all(sent)).map((r) => `${r.status} ${new URL(r.url).pathname}`);
	}, code);
	expect(ends[0]).toMatch(/^200 \/rdv\//);
	expect(ends[1]).toBe(ends[0]);
});

test('a time that somebody else was given meanwhile: said, with the next three', async ({ browser, page }) => {
	await toFreeTimes(page);
	const other = await browser.newPage({ locale: 'fr-FR' });
	await other.goto(page.url());
	await other.locator('.slots button').first().click();
	await expect(other).toHaveURL(/\/coordonnees$/);
	const answer = page.waitForResponse((r) => r.request().method() === 'POST');
	await page.locator('.slots button').first().click();
	expect((await answer).status()).toBe(409);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ce créneau vient d’être pris');
	await expect(page.locator('.slots button')).toHaveCount(3);
	await page.locator('.slots button').last().click();
	await expect(page).toHaveURL(/\/coordonnees$/);
	await other.close();
});

test('ux-51: a move by the link keeps the old time until the new one is confirmed', async ({ page }) => {
	const link = await book(page);
	const old = await page.locator('.ticket .when').textContent();
	await page.getByRole('link', { name: 'Déplacer' }).click();
	await page.locator('.slots button').last().click();
	await expect(page.getByLabel('Code')).toHaveCount(0);
	const elsewhere = await page.context().newPage();
	await elsewhere.goto(link);
	await expect(elsewhere.locator('.ticket .when')).toHaveText(old);
	await page.getByRole('button', { name: 'Confirmer le nouveau créneau' }).click();
	await expect(page.getByText('Le rendez-vous est déplacé.')).toBeVisible();
	await expect(page.locator('.ticket .when')).not.toHaveText(old);
	expect(page.url().split('?')[0]).toBe(link);
});

test('ux-46: a cancellation by the link asks first, and says what came of it', async ({ page }) => {
	const link = await book(page);
	await page.getByRole('link', { name: 'Annuler' }).click();
	await page.getByRole('button', { name: 'Annuler le rendez-vous' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rendez-vous annulé');
	await page.goto(`${link}/deplacer`);
	await expect(page).toHaveURL(link);
	await expect(page.getByRole('link', { name: 'Prendre un autre rendez-vous' })).toBeVisible();
});

test('ux-56: no cookie before an act, no request to another host', async ({ page }) => {
	const foreign = [];
	page.on('request', (r) => { if (!r.url().startsWith(server.url)) foreign.push(r.url()); });
	await toFreeTimes(page);
	expect(await page.context().cookies()).toEqual([]);
	await page.goto(`${server.url}/confidentialite`);
	expect(foreign).toEqual([]);
});
