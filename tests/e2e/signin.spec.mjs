// Signing in as people do it: the team with a code from the phone, patients with
// a code by e-mail; by keyboard alone, and with every page free of axe's faults.
import { createHmac } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { NOW, startServer } from './server.mjs';

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

async function givePassword(page, who) {
	await page.getByLabel('Adresse e-mail').fill(who.login);
	await page.getByLabel('Mot de passe', { exact: true }).fill(who.password);
	await page.getByRole('button', { name: 'Se connecter' }).click();
}

async function look(page, name) {
	if (process.env.SHOTS)
		await page.screenshot({ path: `${process.env.SHOTS}/${name}-${page.viewportSize().width}.png`, fullPage: true });
	await accessible(page);
	if (process.env.SHOTS)
		await page.screenshot({ path: `${process.env.SHOTS}/${name}-${page.viewportSize().width}-dark.png`, fullPage: true });
	await page.emulateMedia({ colorScheme: null });
}

for (const [device, width] of [['a telephone', 390], ['a desk', 1280]]) {
	test.describe(`on ${device}`, () => {
		test.use({ viewport: { width, height: 844 }, javaScriptEnabled: true });

		test('R54 staff: password, code, account', async ({ page }) => {
			const who = account(width === 390 ? 'secretary' : 'practitioner');
			await page.goto(`${server.url}/compte`);
			await look(page, 'connexion');
			await givePassword(page, { ...who, password: 'ce n’est pas cela' });
			await expect(page.getByRole('alert')).toBeFocused();	// ux-53
			await look(page, 'connexion-erreur');
			await givePassword(page, who);
			await look(page, 'code');
			await page.getByLabel('Code').fill('000000');
			await page.getByRole('button', { name: 'Continuer' }).click();
			await look(page, 'code-erreur');
			await page.getByLabel('Code').fill(totp(who.totp_secret, -1));
			await page.getByRole('button', { name: 'Continuer' }).click();
			await expect(page.getByRole('heading', { name: 'Mon compte', level: 1 })).toBeVisible();
			await look(page, 'compte');
			await page.getByLabel('Nom du logiciel ou de l’appareil').fill('Standard');
			await page.getByLabel('Consulter les rendez-vous').check();
			await page.getByRole('button', { name: 'Connecter un logiciel' }).click();
			await expect(page.getByText(/^srm_/)).toBeVisible();
			await look(page, 'jeton');
			await page.getByRole('link', { name: 'Je l’ai copié' }).click();
			await page.getByLabel('Code de l’ancien téléphone').fill(totp(who.totp_secret));
			await page.getByRole('button', { name: 'Changer de téléphone' }).click();
			await look(page, 'inscription');
			const key = (await page.locator('.code').textContent()).replaceAll(' ', '');
			await page.getByRole('textbox', { name: 'Code' }).fill(totp(key, 1));
			await page.getByRole('button', { name: 'Confirmer' }).click();
			await expect(page.locator('.codes li')).toHaveCount(10);
			await look(page, 'codes');
			await page.getByRole('link', { name: 'J’ai gardé mes codes' }).click();
			await page.getByRole('button', { name: 'Se déconnecter', exact: true }).first().click();
			await expect(page.getByText('Vous êtes déconnecté')).toBeVisible();
		});

		test('ux-54 a patient: a code by e-mail, and no password', async ({ page }) => {
			const address = `nina.${width}@example.test`;
			await page.goto(`${server.url}/mes-rendez-vous`);
			await look(page, 'patient');
			await page.getByLabel('Adresse e-mail').fill(address);
			await page.getByRole('button', { name: 'Recevoir un code' }).click();
			await look(page, 'patient-code');
			await page.getByLabel('Code').fill(await server.codeFor(address));
			await page.getByRole('button', { name: 'Continuer' }).click();
			await expect(page.getByText('Aucun rendez-vous à venir')).toBeVisible();
			await look(page, 'mes-rendez-vous-vide');
			await page.getByRole('link', { name: 'Mon compte' }).click();
			await look(page, 'compte-patient');
		});
	});
}

test('the links of messages: a forgotten password', async ({ page }) => {
	const who = account('administrator');
	await page.goto(`${server.url}/connexion`);
	await page.getByRole('link', { name: 'J’ai oublié mon mot de passe' }).click();
	await look(page, 'oublie');
	await page.getByLabel('Adresse e-mail').fill(who.login);
	await page.getByRole('button', { name: 'Recevoir le lien' }).click();
	await look(page, 'oublie-envoye');
	const link = (await server.mailTo(who.login)).replace(/=\r?\n/g, '').match(/\/mot-de-passe\/[\w-]+/)[0];
	await page.goto(server.url + link);
	await page.getByLabel('Nouveau mot de passe').fill('motdepasse123');
	await page.getByRole('button', { name: 'Enregistrer' }).click();
	await look(page, 'nouveau-mot-de-passe');
	await page.getByLabel('Nouveau mot de passe').fill('lampe-sentier-mousse 9');
	await page.getByRole('button', { name: 'Enregistrer' }).click();
	await expect(page.getByText('Votre nouveau mot de passe est enregistré')).toBeVisible();
});

test('by keyboard alone', async ({ page }) => {
	const who = account('administrator');
	await page.goto(`${server.url}/connexion`);
	await page.keyboard.type(who.login);	// the first field has the focus
	await page.keyboard.press('Tab');
	await page.keyboard.type('lampe-sentier-mousse 9');
	await page.keyboard.press('Enter');
	await expect(page.getByLabel('Code')).toBeFocused();
	await page.keyboard.type(totp(who.totp_secret));
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(`${server.url}/aujourdhui`);
});

test.describe('a patient with an account', () => {
	test.use({ viewport: { width: 390, height: 844 } });

	test('finds what was booked', async ({ page }) => {
		const who = account('patient');
		await page.goto(`${server.url}/connexion`);
		await givePassword(page, who);
		await page.getByLabel('Code').fill(totp(who.totp_secret));
		await page.getByRole('button', { name: 'Continuer' }).click();
		await expect(page.getByRole('heading', { name: 'Mes rendez-vous' })).toBeVisible();
		await look(page, 'mes-rendez-vous');
	});
});
