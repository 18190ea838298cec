// The practice at work: the agenda with and without JavaScript, by mouse and by
// keyboard, the appointment's own page, what is refused and what is undone.
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { deskOf } from './desk.mjs';
import { startServer } from './server.mjs';

const MONDAY = '2026-11-23';
let server, desk;

test.beforeAll(async () => {
	server = await startServer({ practitioners: 4, patients: 200, appointments: 900 });
	desk = deskOf(server);
});
test.afterAll(async () => { await server?.stop(); });

const agenda = (query = '') => `${server.url}/agenda?vue=colonnes&date=${MONDAY}${query}`;
const rowOf = (item) => item.evaluate((li) => Number([...li.classList].find((c) => /^s\d+$/.test(c)).slice(1)));
/** A free slot long enough that what is moved there fits, with nothing of its own in hand. */
const freeSlot = (page, n = 0) => page.locator('.free:is(.d4, .d5, .d6, .d9, .d12)').nth(n);

async function chooseNewPatient(page, family) {
	await page.getByLabel('Un nouveau patient').check();
	await page.getByLabel(/^Nom de famille/).fill(family);
	await page.getByLabel(/^Prénom/).fill('Marie');
	await page.getByLabel(/^Date de naissance/).fill('12/03/1980');
}

test('without JavaScript: a new patient is booked, moved, cancelled and restored', async ({ browser }) => {
	const { page, done } = await desk(browser, 'secretary', { javaScriptEnabled: false });

	await page.goto(agenda());
	await freeSlot(page).locator('a').click();
	await chooseNewPatient(page, 'Kermarrec');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('Le rendez-vous est créé.')).toBeVisible();

	await page.locator('.ev a', { hasText: 'Kermarrec Marie' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Kermarrec Marie' })).toBeVisible();
	await page.getByRole('button', { name: 'Arrivé' }).click();
	await expect(page.getByRole('button', { name: 'Arrivé' })).toHaveAttribute('aria-pressed', 'true');
	await expect(page.getByText(/attend depuis/)).toBeVisible();

	await page.getByText('Déplacer', { exact: true }).click();
	await page.locator('#move').getByLabel('Heure').fill('20 h 30');
	await page.getByRole('button', { name: 'Déplacer le rendez-vous' }).click();
	await expect(page.getByText('20 h 30', { exact: false }).first()).toBeVisible();
	await page.getByRole('button', { name: 'Revenir en arrière' }).click();
	await expect(page.getByText('Le changement a été défait.')).toBeVisible();
	await expect(page.getByText('20 h 30')).toHaveCount(0);

	await page.getByText('Annuler', { exact: true }).click();
	await page.getByRole('button', { name: 'Annuler le rendez-vous' }).click();
	await expect(page.getByText('Annulé', { exact: true })).toBeVisible();
	await page.getByRole('button', { name: 'Rétablir le rendez-vous' }).click();
	await expect(page.getByText('Le rendez-vous a été rétabli.')).toBeVisible();
	await done();
});

/** A doctor's column: her first motive needs no room, so that two can be side by side. */
const doctor = (page) => page.locator('.col', { has: page.locator('small', { hasText: /^Consultation$/ }) }).first();

/** Late in the evening, where the invented data leave every agenda empty. */
async function newAppointment(page, family, hour) {
	await page.goto(agenda());
	const practitioner = await doctor(page).getAttribute('data-r');
	await page.goto(`${server.url}/agenda/rdv/nouveau?praticien=${practitioner}&debut=${MONDAY}T${hour}`);
	await chooseNewPatient(page, family);
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	return page.locator('.ev', { hasText: `${family} Marie` });
}

test('a time that is taken keeps the form, names who is there and offers three others', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await expect(await newAppointment(page, 'Abgrall', '22:00')).toHaveCount(1);
	await newAppointment(page, 'Bescond', '22:05');
	await expect(page.getByRole('heading', { name: 'Cet horaire est déjà pris' })).toBeVisible();
	await expect(page.locator('#clash li')).toContainText(/Abgrall Marie.*créé il y a \d+ s par/);
	await expect(page.locator('#clash button[name=creneau]')).toHaveCount(3);
	await expect(page.getByLabel(/^Nom de famille/)).toHaveValue('Bescond');

	await page.getByRole('button', { name: 'Placer entre deux quand même' }).click();
	const both = page.locator('.ev', { hasText: /Abgrall|Bescond/ });
	await expect(both).toHaveCount(2);
	const column = await doctor(page).boundingBox();
	for (const i of [0, 1])
		expect((await both.nth(i).boundingBox()).width / column.width).toBeGreaterThan(0.4);	// ux-19
	await expect(both.last().locator('a')).toHaveAttribute('aria-label', /entre deux/);
	await done();
});

test('an appointment is dragged by five-minute steps, and taken back', async ({ browser }) => {
	const { page, done } = await desk(browser);
	const item = await newAppointment(page, 'Corre', '22:55');
	const row = await rowOf(item);

	await item.evaluate((li) => li.scrollIntoView({ block: 'center', behavior: 'instant' }));
	const box = await item.boundingBox();
	await page.mouse.move(box.x + 30, box.y + 10);
	await page.mouse.down();
	await page.mouse.move(box.x + 30, box.y + 10 - 5 * 8, { steps: 5 });
	await expect(item).toHaveClass(/moving/);
	await page.mouse.up();
	await expect(page.locator('#live')).toContainText(/Déplacé au lundi 23 novembre à 22\sh\s30/);
	await expect(item).not.toHaveClass(/moving/);
	expect(await rowOf(item)).toBe(row - 5);
	await page.getByRole('button', { name: 'Annuler' }).click();
	await expect(page.locator('#live')).toContainText('Le changement a été défait.');
	await expect.poll(() => rowOf(item)).toBe(row);
	await done();
});

test('by keyboard: take, move, put down, undo; one tab stop; every step is said', async ({ browser }) => {
	const { page, done } = await desk(browser);
	const item = await newAppointment(page, 'Drévillon', '23:20');
	const row = await rowOf(item);

	await expect(page.locator('.ag .col a[tabindex="0"]')).toHaveCount(1);
	await expect(item.locator('a')).toHaveAttribute('aria-label',
		/^23\sh\s20, Drévillon Marie, Consultation, \d+\smin, Dre? /);	// ux-8
	await item.locator('a').focus();
	await page.keyboard.press('d');
	await expect(page.locator('#live')).toContainText('Pris.');
	await page.keyboard.press('PageUp');
	await page.keyboard.press('ArrowDown');
	expect(await rowOf(item)).toBe(row - 11);
	await expect(page.locator('#live')).toContainText('22 h 25');
	await page.keyboard.press('Escape');
	expect(await rowOf(item)).toBe(row);

	await page.keyboard.press('d');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await expect(page.locator('#live')).toContainText('Déplacé au');
	await expect.poll(() => rowOf(item)).toBe(row + 2);
	await page.keyboard.press('Control+z');
	await expect(page.locator('#live')).toContainText('Le changement a été défait.');
	await expect.poll(() => rowOf(item)).toBe(row);
	await done();
});

test('a move onto somebody is put back, with the reason in words', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	const list = page.locator('.col').first().locator('.ev[data-v]');
	const rows = await list.evaluateAll((all) => all.map((li) => ({
		href: li.querySelector('a').getAttribute('href'),
		start: Number([...li.classList].find((c) => /^s\d+$/.test(c)).slice(1)),
		length: Number([...li.classList].find((c) => /^d\d+$/.test(c)).slice(1)) })));
	const i = rows.findIndex((row, k) => k > 0 && row.start === rows[k - 1].start + rows[k - 1].length);
	const moved = page.locator(`.ev:has(a[href="${rows[i].href}"])`);

	await moved.locator('a').focus();
	await page.keyboard.press('d');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Enter');
	await expect(page.locator('#live')).toContainText(/remis à sa place/);
	await expect(page.locator('.tray.alert')).toBeVisible();
	expect(await rowOf(moved)).toBe(rows[i].start);
	await done();
});

test('single keys lead by day and view, keep the address, and can be switched off', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	await page.keyboard.press('j');
	await expect(page).toHaveURL(/date=2026-11-24/);
	await page.keyboard.press('k');
	await expect(page).toHaveURL(/date=2026-11-23/);
	await page.keyboard.press('2');
	await expect(page).toHaveURL(/vue=semaine/);
	await expect(page.getByRole('heading', { level: 1 })).toContainText('Semaine 48');
	await page.keyboard.press('3');
	await expect(page).toHaveURL(/vue=colonnes/);
	await page.keyboard.press('n');
	await expect(page.locator('.free a:focus')).toHaveCount(1);
	await page.goto(`${server.url}/agenda/raccourcis`);
	await page.getByLabel(/Désactiver les raccourcis/).check();
	await page.goto(agenda());
	await page.keyboard.press('j');
	await expect(page).toHaveURL(/date=2026-11-23/);
	await done();
});

test('a patient is found while typing, by name without accents and by birth date', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=${MONDAY}`);
	await chooseNewPatient(page, 'Lefèvre-Ménard');
	await page.getByLabel('Heure').fill('20 h 45');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=${MONDAY}`);
	for (const words of ['lefevre men', 'LEF 1203', '12031980 menard']) {
		await page.locator('#f-q').fill('');
		await page.locator('#f-q').pressSequentially(words);
		await expect(page.locator('#found')).toContainText('Lefèvre-Ménard Marie');
		await expect(page.locator('#f-q')).toBeFocused();
	}
	await expect(page.locator('#found small').first()).toContainText('12/03/1980, 46 ans');
	await done();
});

test('the search of the bar leads to the patient and to a new appointment, by keyboard alone', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await newAppointment(page, 'Évennou', '20:15');
	await page.goto(agenda());
	await page.keyboard.press('/');
	await expect(page.locator('#find')).toBeFocused();	// ux-2
	await page.keyboard.type('evennou');
	await page.keyboard.press('Enter');
	await expect(page.getByText('1 patient trouvé')).toBeVisible();
	await expect(page).toHaveURL(/\/patients$/);	// no name in the address
	await expect(page.getByRole('link', { name: /Prochain rendez-vous : lundi 23 novembre à 20/ })).toBeVisible();
	await page.getByRole('link', { name: 'Rendez-vous pour Évennou Marie' }).press('Enter');
	await expect(page.getByRole('radio', { name: /Évennou Marie/ })).toBeChecked();
	await done();
});

test('a series is made, one date that is taken is shown first', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=2026-11-30`);
	await chooseNewPatient(page, 'Quéméner');
	await page.getByLabel('Heure').fill('21 h');
	await page.getByText('Répéter', { exact: true }).click();
	await page.getByLabel('Fréquence').selectOption('1');
	await page.getByLabel(/Combien de fois/).fill('4');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('La série a été créée.')).toBeVisible();
	await page.goto(`${server.url}/agenda?vue=colonnes&date=2026-12-21`);
	await page.locator('.ev a', { hasText: 'Quéméner' }).click();
	await expect(page.getByText('Ce rendez-vous fait partie d’une série').first()).toBeAttached();

	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=2026-12-14`);
	await chooseNewPatient(page, 'Tanguy');
	await page.getByLabel('Heure').fill('21 h');
	await page.getByText('Répéter', { exact: true }).click();
	await page.getByLabel('Fréquence').selectOption('1');
	await page.getByLabel(/Combien de fois/).fill('3');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('2 dates de la série sont déjà prises')).toBeVisible();
	await page.getByRole('button', { name: /Les laisser de côté/ }).click();
	await expect(page).toHaveURL(/fait=serie/);
	await done();
});

test('blocked time stands in the agenda, its reason on its own page', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(`${server.url}/agenda/blocage?jour=${MONDAY}`);
	await page.getByLabel('Praticien').selectOption({ index: 1 });
	await page.getByLabel('De', { exact: true }).fill('21:30');
	await page.getByLabel('À', { exact: true }).fill('22:00');
	await page.getByLabel(/Raison/).fill('Réunion');
	await page.getByRole('button', { name: 'Bloquer ce temps' }).click();
	await expect(page.getByText('Le temps est bloqué.')).toBeVisible();
	await page.goto(agenda());
	const blocked = page.getByRole('link', { name: /^21\sh\s30, Bloqué/ });
	await expect(blocked).toHaveCount(1);
	await expect(page.locator('.ag')).not.toContainText('Réunion');
	await blocked.click();
	await expect(page.locator('#panel textarea')).toHaveValue('Réunion');
	await done();
});

test('today on a telephone: next patient first, states in one tap', async ({ browser }) => {
	const { page, done } = await desk(browser, 'practitioner', { viewport: { width: 390, height: 844 } });

	await page.goto(`${server.url}/aujourdhui`);
	await page.getByRole('button', { name: 'Est arrivé' }).click();
	await expect(page.getByRole('button', { name: 'Faire entrer' })).toBeVisible();
	await expect(page.locator('.next-patient')).toContainText('attend depuis');
	const width = await page.evaluate(() => document.documentElement.scrollWidth);
	expect(width).toBeLessThanOrEqual(390);
	await done();
});

test('every page without a fault of accessibility, in light and dark', async ({ browser }) => {
	test.setTimeout(180000);
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	const appointment = await page.locator('.ev[data-v] a').first().getAttribute('href');
	for (const path of [`/agenda?vue=colonnes&date=${MONDAY}`, `/agenda?vue=semaine&date=${MONDAY}`,
		`/agenda?vue=jour&date=${MONDAY}`, appointment, '/aujourdhui', '/agenda/rdv/nouveau',
		'/agenda/blocage', '/agenda/raccourcis', '/patients']) {
		await page.goto(server.url + path);
		await accessible(page);
	}
	await done();
});
