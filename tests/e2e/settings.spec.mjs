// The settings of a practice: who may open them, hours and absences, motives,
// the photo, the staff, the log; with mistakes, and without JavaScript.
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { deskOf } from './desk.mjs';
import { startServer } from './server.mjs';

let server, desk;

test.beforeAll(async () => {
	server = await startServer({ practitioners: 3, patients: 120, appointments: 600 });
	desk = deskOf(server);
});
test.afterAll(async () => { await server?.stop(); });

const PHONE = { viewport: { width: 320, height: 700 } };
const at = (path) => `${server.url}/reglages${path}`;
const saved = (page) => expect(page.locator('.notice.ok')).toContainText('nregistré');
const save = (page) => page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
/** What stands beside the field that is wrong; the summary leads to it (ux-53). */
async function wrong(page, label, text) {
	const field = page.getByRole('main').getByLabel(label, { exact: true });
	const name = await field.getAttribute('name');
	await expect(page.locator(`#f-${name}-error`)).toContainText(text);
	await page.locator(`#errors a[href="#f-${name}"]`).click();
	await expect(field).toBeFocused();
}

const PAGES = ['', '/cabinet', '/lieux', '/lieux/nouveau', '/soignants', '/soignants/nouveau', '/motifs',
	'/motifs/nouveau', '/salles', '/salles/nouvelle', '/horaires', '/horaires/nouveau', '/absences',
	'/absences/nouvelle', '/equipe', '/equipe/inviter', '/journal'];

test('every page of the settings: no fault in light and dark, no sideways scroll at 320 pixels', async ({ browser }) => {
	test.setTimeout(180000);
	const { page, done } = await desk(browser, 'administrator', PHONE);

	for (const path of PAGES) {
		await page.goto(at(path));
		await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
		await accessible(page);
	}
	await done();
});

test('a practitioner sees the agendas of others but changes only his own; the rest is not his', async ({ browser }) => {
	const { page, done } = await desk(browser, 'practitioner');

	await page.goto(at(''));
	await expect(page.getByRole('main').getByRole('link')).toHaveText(['Horaires', 'Absences']);
	await page.goto(at('/horaires'));
	await expect(page.getByRole('link', { name: /^Modifier/ }).first()).toBeVisible();
	await page.getByLabel('Praticien').selectOption({ index: 1 });
	await page.getByRole('button', { name: 'Afficher' }).click();
	await expect(page.getByRole('table')).toBeVisible();
	await expect(page.getByRole('link', { name: /^Modifier|^Ajouter/ })).toHaveCount(0);
	const other = new URL(page.url()).searchParams.get('praticien');
	for (const path of ['/motifs', '/equipe', `/absences/nouvelle?praticien=${other}`, `/horaires/nouveau?praticien=${other}`])
		expect((await page.request.get(at(path))).status(), path).toBe(403);
	await done();
});

for (const javaScriptEnabled of [true, false]) {
	test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
		test('ux-23: an exceptional opening takes four fields; what was typed survives a mistake', async ({ browser }) => {
			const { page, done } = await desk(browser, 'secretary', { javaScriptEnabled });
			const form = page.locator('form[action="/reglages/horaires/exception"]');

			await page.goto(at('/horaires'));
			expect(await form.locator('input:not([type=hidden]), select').count()).toBeLessThanOrEqual(4);
			await form.getByLabel('Date').fill('2026-12-12');
			await form.getByLabel('De').fill('12:00');
			await form.getByLabel('À').fill('09:00');
			await form.getByLabel('Lieu').selectOption({ index: 1 });
			await form.getByRole('button').click();
			await wrong(page, 'À', 'La fin doit venir après le début');
			await expect(form.getByLabel('Date')).toHaveValue('2026-12-12');
			await form.getByLabel('De').fill(javaScriptEnabled ? '09:00' : '10:00');
			await form.getByLabel('À').fill('12:30');
			await form.getByRole('button').click();
			await saved(page);
			await expect(page.getByText('Samedi 12 décembre 2026').first()).toBeVisible();
			await done();
		});

		test('ux-22: an absence over appointments asks what becomes of each, and loses none', async ({ browser }) => {
			const { page, done } = await desk(browser, 'secretary', { javaScriptEnabled });
			const day = javaScriptEnabled ? '2026-12-01' : '2026-11-24';

			await page.goto(at('/absences'));
			await page.getByRole('link', { name: 'Ajouter une absence' }).click();
			await page.getByLabel('Premier jour').fill(day);
			await page.getByLabel('Raison de l’absence').fill('Formation');
			await save(page);
			await expect(page.getByRole('heading', { level: 1 })).toHaveText('Rendez-vous pendant cette absence');
			await expect(page.getByText('Rien n’est encore enregistré.')).toBeVisible();
			if (javaScriptEnabled)
				await accessible(page);
			const choices = page.getByRole('combobox', { name: /^Que devient-il/ });
			const n = await choices.count();
			expect(n).toBeGreaterThan(3);
			await choices.nth(0).selectOption({ label: 'Annuler et prévenir' });
			await choices.nth(1).selectOption({ label: 'Déplacer' });
			await choices.nth(2).selectOption({ label: 'Déplacer' });
			await page.getByRole('button', { name: 'Enregistrer l’absence et appliquer ces choix' }).click();
			await saved(page);
			await expect(choices).toHaveCount(n - 1);
			await page.getByRole('link', { name: /^Déplacer/ }).first().click();
			await expect(page).toHaveURL(/\/agenda\/rdv\/\d+/);
			await page.goto(at('/absences'));
			await expect(page.getByText('Formation').first()).toBeVisible();
			await done();
		});
	});
}

test('ux-21: a weekly absence is changed once, from one on, and removed', async ({ browser }) => {
	const { page, done } = await desk(browser, 'secretary');
	const regular = page.locator('h2:has-text("Absences régulières") + ul > li');

	await page.goto(at('/absences/nouvelle'));
	await page.getByLabel('Premier jour').fill('2027-03-06');
	await page.getByLabel('De', { exact: false }).first().fill('12:00');
	await page.locator('[name=fin_heure]').fill('14:00');
	await page.getByLabel('Toutes les semaines').check();
	await page.getByLabel('Répétée jusqu’au').fill('2027-06-30');
	await save(page);
	await saved(page);
	await expect(regular).toContainText('Toutes les semaines : samedi');
	await page.getByRole('link', { name: 'sam. 13 mars' }).click();
	await expect(page.getByLabel('Premier jour')).toHaveValue('2027-03-13');
	await page.getByLabel('Premier jour').fill('2027-03-14');
	await save(page);
	await saved(page);
	await expect(page.getByText('Dimanche 14 mars 2027')).toBeVisible();
	await expect(page.getByRole('link', { name: 'sam. 13 mars' })).toHaveCount(0);
	await page.getByRole('link', { name: 'sam. 3 avr.' }).click();
	await page.getByLabel('Cette fois et les suivantes').first().check();
	await page.locator('[name=fin_heure]').fill('15:00');
	await save(page);
	await saved(page);
	await expect(regular).toHaveCount(2);
	await regular.nth(1).getByRole('link', { name: /^Modifier/ }).click();
	await page.locator('form[action$="/supprimer"]').getByLabel('Toutes les fois').check();
	await page.getByRole('button', { name: 'Supprimer cette absence' }).click();
	await expect(page.locator('.notice.ok')).toContainText('supprimé');
	await expect(regular).toHaveCount(1);
	await done();
});

test('hours at two places at once are refused, and the clash is named', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');

	await page.goto(at('/lieux/nouveau'));
	await page.getByLabel('Nom', { exact: true }).fill('Annexe de Rezé');
	await page.getByLabel('Ville').fill('Rezé');
	await save(page);
	await saved(page);
	await page.goto(at('/horaires'));
	await page.getByRole('link', { name: /^Ajouter un horaire : Lundi/ }).click();
	await page.getByLabel('De', { exact: true }).fill('10:00');
	await page.getByLabel('À', { exact: true }).fill('11:00');
	await page.getByLabel('Lieu').selectOption({ label: 'Annexe de Rezé' });
	await save(page);
	await wrong(page, 'De', 'Personne n’est à deux endroits à la fois');
	await page.getByLabel('De', { exact: true }).fill('20:00');
	await page.getByLabel('À', { exact: true }).fill('21:00');
	await page.getByLabel('Semaines impaires').check();
	await save(page);
	await saved(page);
	await page.getByRole('link', { name: /20 h – 21 h/ }).click();
	await page.getByRole('button', { name: 'Supprimer cet horaire' }).click();
	await expect(page.locator('.notice.ok')).toContainText('supprimé');
	await expect(page.getByRole('link', { name: /20 h – 21 h/ })).toHaveCount(0);
	await done();
});

test('a motive: a mistake keeps everything, then it is on the list and in the form again', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');

	await page.goto(at('/motifs/nouveau'));
	await page.getByLabel('Nom', { exact: true }).fill('Bilan annuel');
	await page.getByLabel('Ocre').check();
	await page.getByLabel('Durée en minutes').fill('17');
	await page.getByLabel('Patients déjà suivis').check();
	await page.locator('[name=soignant]').first().check();
	await save(page);
	await wrong(page, 'Durée en minutes', 'de cinq en cinq');
	await expect(page.getByLabel('Ocre')).toBeChecked();
	await expect(page.locator('[name=soignant]').first()).toBeChecked();
	await page.getByLabel('Durée en minutes').fill('45');
	await save(page);
	await saved(page);
	await page.getByRole('link', { name: 'Bilan annuel' }).click();
	await expect(page.getByLabel('Durée en minutes')).toHaveValue('45');
	await expect(page.getByLabel('Patients déjà suivis')).toBeChecked();
	await page.getByRole('button', { name: 'Fermer ce motif' }).click();
	await expect(page.locator('.notice.ok')).toContainText('fermé');
	await expect(page.getByRole('link', { name: 'Bilan annuel' })).toHaveCount(0);
	await page.getByText('Fermés : 1').click();
	await accessible(page);
	await page.getByRole('button', { name: 'Rouvrir : Bilan annuel' }).click();
	await expect(page.locator('.notice.ok')).toContainText('rouvert');
	await expect(page.getByRole('link', { name: 'Bilan annuel' })).toHaveCount(1);
	await done();
});

test('two administrators save the practice: the second sees both values and decides', async ({ browser }) => {
	const first = await desk(browser, 'administrator');
	const second = await desk(browser, 'administrator');

	await first.page.goto(at('/cabinet'));
	await second.page.goto(at('/cabinet'));
	await first.page.getByLabel('Nom du cabinet').fill('Cabinet du Parc');
	await save(first.page);
	await saved(first.page);
	await second.page.getByLabel('Nom du cabinet').fill('Cabinet des Ormes');
	await save(second.page);
	await expect(second.page.getByText('Enregistré entre-temps par vous-même, dans une autre fenêtre')).toBeVisible();
	await wrong(second.page, 'Nom du cabinet', 'Cabinet du Parc');
	await expect(second.page.getByLabel('Nom du cabinet')).toHaveValue('Cabinet des Ormes');
	await accessible(second.page);
	await save(second.page);
	await saved(second.page);
	await expect(second.page.getByLabel('Nom du cabinet')).toHaveValue('Cabinet des Ormes');
	await first.done();
	await second.done();
});

test('a photo is what its bytes say, not its name', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');
	const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

	await page.goto(at('/soignants'));
	await page.getByRole('link', { name: /^Modifier/ }).first().click();
	await page.getByLabel('Image').setInputFiles({ name: 'portrait.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
	await page.getByRole('button', { name: 'Ajouter la photo' }).click();
	await wrong(page, 'Image', 'n’est pas une image');
	await page.getByLabel('Image').setInputFiles({ name: 'portrait.txt', mimeType: 'text/plain', buffer: png });
	await page.getByRole('button', { name: 'Ajouter la photo' }).click();
	await saved(page);
	await expect(page.getByRole('img', { name: 'La photo montrée aux patients' })).toHaveJSProperty('naturalWidth', 1);
	await page.getByRole('button', { name: 'Supprimer la photo' }).click();
	await expect(page.getByRole('button', { name: 'Ajouter la photo' })).toBeVisible();
	await done();
});

test('an invitation is sent by e-mail and can be withdrawn; the last administrator stays', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');

	await page.goto(at('/equipe/inviter'));
	await page.getByLabel('Prénom et nom').fill('Sophie Bernard');
	await page.getByLabel('Adresse e-mail').fill('sophie@example.test');
	await page.getByRole('radio', { name: /^Secrétaire/ }).check();
	await page.getByRole('button', { name: 'Envoyer l’invitation' }).click();
	await expect(page.getByText('L’invitation est partie.')).toBeVisible();
	expect(await server.mailTo('sophie@example.test')).toContain('/invitation/');
	await accessible(page);
	await page.getByRole('button', { name: 'Retirer l’invitation de Sophie Bernard' }).click();
	await expect(page.getByText('L’invitation est retirée')).toBeVisible();
	const me = page.locator('li', { hasText: '(vous)' });
	await me.locator('summary').click();
	await me.getByRole('button', { name: 'Retirer l’accès' }).click();
	await expect(page.getByRole('alert')).toContainText('Le dernier administrateur reste');
	await done();
});

test('the log tells who did what, holds, and gives its checkpoint and proofs', async ({ browser }) => {
	const { page, done } = await desk(browser, 'administrator');

	await page.goto(at('/journal'));
	await expect(page.getByRole('row').nth(1)).toBeVisible();
	await page.getByRole('button', { name: 'Vérifier le journal' }).click();
	await expect(async () => {	// a job of the server does it
		await page.goto(at('/journal'));
		await expect(page.getByRole('status').filter({ hasText: 'Le journal est intact' })).toBeVisible();
	}).toPass();
	await expect(page.getByText(/^Vérifié le .*, par /)).toBeVisible();
	await page.goto(at('/journal'));
	await page.getByText('Point de contrôle signé').click();
	const [point] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: 'Télécharger le point de contrôle' }).click()]);
	expect(point.suggestedFilename()).toMatch(/^point-de-controle-\d+\.txt$/);
	await page.getByRole('link', { name: 'Plus anciennes' }).click();
	const [proof] = await Promise.all([page.waitForEvent('download'),
		page.getByRole('link', { name: /^Preuve : N° \d+$/ }).last().click()]);
	expect(proof.suggestedFilename()).toMatch(/^preuve-\d+\.json$/);
	await expect(page.getByRole('link', { name: 'Les plus récentes' })).toBeVisible();
	await done();
});
