// One's own account, and what ends while a page is open: another e-mail address,
// the session's last two minutes, the time that is kept.
import { createHmac } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { NOW, startServer, wordsOf } from './server.mjs';

let server, started;

test.beforeAll(async () => {
	server = await startServer();
	started = Date.now();
});
test.afterAll(async () => { await server?.stop(); });

const account = (role) => server.demo.accounts.find((a) => a.role === role);

/** RFC 6238; shift: in steps of half a minute.  Each code works once. */
function totp(secret, shift = 0) {
	const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor((Date.parse(NOW) + Date.now() - started) / 30000) + shift));
	const mac = createHmac('sha1', key).update(step).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function signIn(page, who, shift = 0) {
	await page.goto(`${server.url}/connexion`);
	await page.getByLabel('Adresse e-mail').fill(who.login);
	await page.getByLabel('Mot de passe', { exact: true }).fill(who.password);
	await page.getByRole('button', { name: 'Se connecter' }).click();
	await page.getByLabel('Code').fill(totp(who.totp_secret, shift));
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page).toHaveURL(/aujourdhui/);
}

async function patientSignIn(page, address, nth = 1) {
	await page.goto(`${server.url}/connexion/patient`);
	await page.getByLabel('Adresse e-mail').fill(address);
	await page.getByRole('button', { name: 'Recevoir un code' }).click();
	await page.getByLabel('Code').fill(await server.codeFor(address, nth));
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page.getByRole('heading', { name: 'Mes rendez-vous' })).toBeVisible();
}

async function look(page, name) {
	const shot = async (how) => {
		if (process.env.SHOTS)
			await page.screenshot({ path: `${process.env.SHOTS}/${name}-${page.viewportSize().width}${how}.png`, fullPage: true });
	};
	await page.emulateMedia({ colorScheme: 'light' });
	await shot('');
	await accessible(page);
	await shot('-dark');
	await page.emulateMedia({ colorScheme: null });
}

const linkIn = async (address, pattern, nth) => wordsOf(await server.mailTo(address, nth)).match(pattern)[0];

for (const width of [390, 1280]) {
	test.describe(`at ${width} pixels`, () => {
		test.use({ viewport: { width, height: 844 } });

		test('T25 another e-mail address: asked for, confirmed, told', async ({ page }) => {
			const who = account(width === 390 ? 'secretary' : 'practitioner'), next = `neuve.${width}@example.test`;
			await signIn(page, who, -1);
			await page.goto(`${server.url}/compte`);
			await page.getByRole('link', { name: 'Changer d’adresse' }).click();
			await page.getByLabel('Nouvelle adresse e-mail').fill('pas une adresse');
			await page.getByRole('button', { name: 'Envoyer les deux liens' }).click();
			await expect(page.getByRole('alert').first()).toBeFocused();	// ux-53
			await look(page, 'adresse-erreur');
			await page.getByLabel('Nouvelle adresse e-mail').fill(next);
			await page.getByLabel('Code').fill(totp(who.totp_secret));
			await page.getByRole('button', { name: 'Envoyer les deux liens' }).click();
			await expect(page.getByText(`confirmation depuis ${next}`)).toBeVisible();
			await look(page, 'compte-adresse');
			await page.goto(server.url + await linkIn(who.login, /\/adresse\/arret\/[\w-]{22}/));
			await look(page, 'adresse-arret');
			await page.goto(server.url + await linkIn(next, /\/adresse\/[\w-]{22}/));
			await look(page, 'adresse-confirmer');
			await page.getByRole('button', { name: 'Utiliser cette adresse' }).click();
			await expect(page.getByText('Votre adresse e-mail a été changée')).toBeVisible();
			await expect(page.getByText(next)).toBeVisible();
			expect(wordsOf(await server.mailTo(who.login, 2))).toContain('n’ouvre plus le compte');
		});
	});
}

test.describe('a session that ends', () => {
	test.use({ viewport: { width: 390, height: 844 } });

	test('R62 T24 warns without taking the focus, and is put off by one button', async ({ page }) => {
		await page.clock.install();
		await patientSignIn(page, 'nina.session@example.test');
		await page.goto(`${server.url}/compte`);
		const warning = page.getByRole('dialog', { name: /Votre session va se terminer/ });
		const field = page.getByLabel('Votre nom');
		await field.fill('Nina, à moitié');
		await page.clock.fastForward(12 * 60 * 1000);
		await expect(warning).toBeHidden();
		await page.clock.fastForward(70 * 1000);
		await expect(warning).toBeVisible();
		await expect(field).toBeFocused();
		await expect(page.locator('#heard')).toContainText('dans deux minutes');
		await look(page, 'session-fin');
		await page.getByRole('button', { name: 'Rester connecté' }).click();
		await expect(warning).toBeHidden();
		await expect(page.locator('#heard')).toContainText('Vous restez connecté');
		await page.clock.fastForward(12 * 60 * 1000);
		await expect(warning).toBeHidden();
		await expect(field).toHaveValue('Nina, à moitié');
	});

	test('what was typed is sent after signing in again', async ({ page, context }) => {
		await page.clock.install();
		await patientSignIn(page, 'nina.perdue@example.test');
		await page.goto(`${server.url}/compte`);
		await page.getByLabel('Votre nom').fill('Nina Perdue');
		await page.clock.fastForward(15 * 60 * 1000);
		await expect(page.getByRole('alert')).toContainText('Votre session est terminée');
		await expect(page.getByRole('dialog')).toBeHidden();
		await look(page, 'session-finie');
		await expect(page.getByLabel('Votre nom')).toHaveValue('Nina Perdue');
		await context.clearCookies({ name: '__Host-session' });	// as it is when the server has ended it
		await page.getByRole('button', { name: 'Enregistrer' }).click();
		await expect(page.getByText('Votre session s’était terminée')).toBeVisible();
		await page.getByRole('button', { name: 'Recevoir un code par e-mail' }).click();
		await page.getByLabel('Adresse e-mail').fill('nina.perdue@example.test');
		await page.getByRole('button', { name: 'Recevoir un code' }).click();
		await page.getByLabel('Code').fill(await server.codeFor('nina.perdue@example.test', 2));
		await page.getByRole('button', { name: 'Continuer' }).click();
		await look(page, 'session-reprise');
		await page.getByRole('button').last().click();
		await expect(page.getByLabel('Votre nom')).toHaveValue('Nina Perdue');
		await expect(page.getByText('Enregistré.')).toBeVisible();
	});

	test('another tab that is used keeps this one quiet', async ({ context }) => {
		const [one, two] = [await context.newPage(), await context.newPage()];
		await one.clock.install();
		await patientSignIn(one, 'nina.onglets@example.test');
		await one.goto(`${server.url}/compte`);
		await one.clock.fastForward(12 * 60 * 1000);
		await two.goto(`${server.url}/compte`);
		await one.clock.fastForward(2 * 60 * 1000);
		await expect(one.getByRole('dialog', { name: /Votre session/ })).toBeHidden();
	});
});

test('R62 a time that is kept is counted down, and said at a few moments only', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.clock.install();
	await page.goto(server.url);
	await page.locator('.result a.btn').first().click();
	await page.locator('.slots button').first().click();
	const kept = page.locator('#hold'), status = page.locator('#heard');
	await expect(kept).toContainText(/\((4 min \d\d s|5 min 00 s)\)/);
	await look(page, 'compte-a-rebours');
	await page.clock.fastForward(60 * 1000);
	await expect(status).toBeEmpty();
	await page.clock.runFor(120 * 1000);
	await expect(status).toHaveText('Ce créneau vous est réservé encore 2 min.');
	await page.clock.runFor(60 * 1000);
	await expect(status).toHaveText('Ce créneau vous est réservé encore 1 min.');
	await page.getByLabel('Nom de famille', { exact: true }).fill('Dupont');
	await page.clock.runFor(62 * 1000);
	await expect(kept).toBeHidden();
	await expect(page.getByRole('alert')).toContainText('ne vous est plus réservé');
	await expect(page.getByLabel('Nom de famille', { exact: true })).toHaveValue('Dupont');
	await look(page, 'compte-a-rebours-fini');
});

for (const width of [390, 1280]) {
	test(`ux-52 T27 relatives at ${width} pixels: typed once, then one tap, then let go`, async ({ page }) => {
		const address = `mere.${width}@example.test`;
		await page.setViewportSize({ width, height: 844 });
		await patientSignIn(page, address);
		for (const again of [false, true]) {
			await page.goto(server.url);
			await page.locator('.result a.btn').first().click();
			await page.getByRole('link', { name: 'Jours suivants' }).click();
			await page.locator('.slots button').nth(again ? 3 : 0).click();
			if (again) {
				await look(page, 'proches-choix');
				await page.getByText('Pour une autre personne').click();
				await look(page, 'proches-autre');
				await page.getByRole('button', { name: /Tom Roche/ }).click();
			} else {
				await page.getByLabel('Pour un proche').check();
				await page.getByLabel('Nom de famille', { exact: true }).fill('Roche');
				await page.getByLabel('Prénom', { exact: true }).fill('Tom');
				await page.getByLabel('Date de naissance').fill('12/03/2015');
				await page.getByLabel('Votre nom de famille').fill('Roche');
				await page.getByLabel('Votre prénom').fill('Zoé');
				await page.getByRole('button', { name: 'Continuer' }).click();
			}
			await page.getByRole('button', { name: 'Confirmer le rendez-vous' }).click();
			await expect(page).toHaveTitle(/^Rendez-vous confirmé/);
		}
		await page.goto(`${server.url}/mes-proches`);
		await look(page, 'mes-proches');
		await page.getByRole('button', { name: 'Ne plus prendre rendez-vous pour Tom Roche' }).click();
		await expect(page.getByText('Ce lien a pris fin')).toBeVisible();
		await look(page, 'mes-proches-vide');
	});
}

test('the legal notice says what it cannot say', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto(`${server.url}/mentions-legales`);
	await expect(page.getByText('n’a pas encore renseigné ces mentions')).toBeVisible();
	await look(page, 'mentions');
});
