// The practice at work: the agenda with and without JavaScript, by mouse and by
// keyboard, the appointment's own page, what is refused and what is undone.
import { expect, test } from '@playwright/test';
import { accessible } from './accessible.mjs';
import { deskOf } from './desk.mjs';
import { startServer, wordsOf } from './server.mjs';

const MONDAY = '2026-11-23';
let server, desk;

test.beforeAll(async () => {
	server = await startServer({ practitioners: 4, patients: 200, appointments: 900 });
	desk = deskOf(server);
});
test.afterAll(async () => { await server?.stop(); });

const agenda = (query = '') => `${server.url}/agenda?vue=colonnes&date=${MONDAY}${query}`;
const on = (date, query = '') => `${server.url}/agenda?vue=colonnes&date=${date}${query}`;
const lengthOf = (item) => item.evaluate((li) => Number([...li.classList].find((c) => /^d\d+$/.test(c)).slice(1)));
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

	await page.getByText('Déplacer ou changer la durée').click();
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
async function newAppointment(page, family, hour, date = MONDAY) {
	await page.goto(agenda());
	const practitioner = await doctor(page).getAttribute('data-r');
	await page.goto(`${server.url}/agenda/rdv/nouveau?praticien=${practitioner}&debut=${date}T${hour}`);
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

test('a length is changed by the lower edge, by keyboard and by its field; what is in the way is named', async ({ browser }) => {
	const { page, done } = await desk(browser);
	const date = '2026-12-08';

	await newAppointment(page, 'Guillou', '21:00', date);
	const item = await newAppointment(page, 'Hascoët', '20:00', date);
	const row = await rowOf(item), length = await lengthOf(item);
	await item.evaluate((li) => li.scrollIntoView({ block: 'center', behavior: 'instant' }));
	const box = await item.boundingBox();
	await page.mouse.move(box.x + 30, box.y + box.height - 3);
	await page.mouse.down();
	await page.mouse.move(box.x + 30, box.y + box.height - 3 + 2 * 8, { steps: 5 });
	await page.mouse.up();
	await expect(page.locator('#live')).toContainText(/Il dure maintenant \d+\smin, jusqu’à 20\sh\s\d+/);
	await expect.poll(() => lengthOf(item)).toBe(length + 2);
	expect(await rowOf(item)).toBe(row);
	await page.getByRole('button', { name: 'Annuler' }).click();
	await expect.poll(() => lengthOf(item)).toBe(length);

	await item.locator('a').focus();
	await page.keyboard.press('Shift+ArrowDown');
	await expect(page.locator('#live')).toContainText(/20\sh – 20\sh\s\d+, \d+ min/);
	await page.keyboard.press('Shift+ArrowDown');
	await page.keyboard.press('Escape');
	expect(await lengthOf(item)).toBe(length);
	await page.keyboard.press('Shift+ArrowUp');
	await page.keyboard.press('Enter');
	await expect(page.locator('#live')).toContainText('Il dure maintenant');
	await expect.poll(() => lengthOf(item)).toBe(length - 1);

	await item.locator('a').focus();
	for (let i = 0; i < 13; i++)
		await page.keyboard.press('Shift+ArrowDown');
	await page.keyboard.press('Enter');
	await expect(page.locator('#live')).toContainText(/Pas la place de durer autant.*Guillou/);
	expect(await lengthOf(item)).toBe(length - 1);
	const path = await item.locator('a').getAttribute('href');
	await done();

	const plain = await desk(browser, 'secretary', { javaScriptEnabled: false });
	await plain.page.goto(server.url + path);
	await plain.page.getByText('Déplacer ou changer la durée').click();
	await plain.page.getByLabel('Minutes').fill('25');
	await plain.page.getByRole('button', { name: 'Déplacer le rendez-vous' }).click();
	await expect(plain.page.getByText('La durée a été modifiée.')).toBeVisible();
	await expect(plain.page.locator('.kv')).toContainText(/25\smin/);
	await plain.page.getByRole('button', { name: 'Revenir en arrière' }).click();
	await expect(plain.page.getByText('Le changement a été défait.')).toBeVisible();
	await plain.done();
});

test('cut on one week, pasted on another: by keys across other pages, and by links alone', async ({ browser }) => {
	const { page, done } = await desk(browser);
	const from = '2026-12-09', to = '2026-12-16';
	const item = await newAppointment(page, 'Le Bris', '20:30', from);
	const path = await item.locator('a').getAttribute('href');

	await item.locator('a').focus();
	await page.keyboard.press('x');
	await expect(page.locator('#cut')).toContainText(/Coupé\s: Le Bris Marie, mercredi 9 décembre à 20\sh\s30/);
	await expect(page.locator('.ev.cut')).toHaveCount(1);
	await page.keyboard.press('Escape');
	await expect(page.locator('#cut')).toHaveCount(0);
	await expect(page.locator('.ev.cut')).toHaveCount(0);

	await item.locator('a').focus();
	await page.keyboard.press('x');
	await expect(page.locator('#cut')).toBeVisible();
	await page.getByRole('link', { name: 'Aujourd’hui' }).first().click();
	await page.goto(on(to));
	await expect(page.locator('#cut')).toContainText('Le Bris Marie');
	const target = page.locator('.free').first();
	const words = await target.locator('a').getAttribute('aria-label');
	expect(words).toContain('coller ici');
	await target.locator('a').focus();
	await page.keyboard.press('v');
	await expect(page.getByText('Le rendez-vous est déplacé.')).toBeVisible();
	await expect(page).toHaveURL(new RegExp(`date=${to}`));
	await expect(page.locator('#cut')).toHaveCount(0);
	await expect(page.locator('.ev', { hasText: 'Le Bris' })).toHaveCount(1);
	await page.getByRole('button', { name: 'Revenir en arrière' }).click();
	await expect(page.getByText('Le changement a été défait.')).toBeVisible();
	await page.goto(on(from));
	await expect(page.locator('.ev', { hasText: 'Le Bris' })).toHaveCount(1);
	await expect(page.locator('#cut')).toHaveCount(0);
	await done();

	const plain = await desk(browser, 'secretary', { javaScriptEnabled: false });
	await plain.page.goto(server.url + path);
	await plain.page.getByText('Déplacer ou changer la durée').click();
	await plain.page.getByRole('link', { name: 'L’emporter pour chercher un autre jour' }).click();
	await expect(plain.page.locator('#cut')).toContainText('Le Bris Marie');
	for (let day = 10; day <= 16; day++) {
		await plain.page.locator('[rel=next]').click();
		await expect(plain.page).toHaveURL(new RegExp(`date=2026-12-${day}`));
	}
	await plain.page.locator('.free a').first().click();
	await expect(plain.page.locator('#move').getByLabel('Date')).toHaveValue(to);
	await plain.page.getByRole('button', { name: 'Déplacer le rendez-vous' }).click();
	await expect(plain.page.getByText('Le rendez-vous est déplacé.')).toBeVisible();
	await expect(plain.page.locator('.ev', { hasText: 'Le Bris' })).toHaveCount(1);
	await plain.done();
});

test('Ctrl+K leads to a day, an agenda, a patient, a command of either language; g to a day', async ({ browser }) => {
	const { page, done } = await desk(browser);
	const ask = async (words, what) => {
		await page.keyboard.press('Control+k');
		await expect(page.locator('#palette #go-q')).toBeFocused();
		await page.locator('#go-q').fill(words);
		await expect(page.locator('#go-found a').first()).toContainText(what);
		await page.keyboard.press('Enter');
	};

	await expect(await newAppointment(page, 'Nédélec', '20:00', '2026-12-10')).toHaveCount(1);
	await ask('15/12', 'Mardi 15 décembre 2026');
	await expect(page).toHaveURL(/date=2026-12-15/);
	await ask('settings', 'Réglages');
	await expect(page).toHaveURL(/\/reglages$/);
	await ask('nedelec', 'Nédélec Marie');
	await expect(page.getByRole('radio', { name: /Nédélec Marie/ })).toBeChecked();
	await expect(page).not.toHaveURL(/nedelec/i);
	await page.goto(agenda());
	const name = (await page.locator('.col').first().getAttribute('aria-label')).split(',')[0];
	await ask(name.split(' ').at(-1), name);
	await expect(page).toHaveURL(/vue=semaine&agendas=/);

	await page.keyboard.press('Control+k');
	await expect(page.locator('#go-q')).toBeFocused();
	await page.keyboard.press('ArrowDown');
	await expect(page.locator('#go-found a').first()).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(page.locator('#palette')).toBeHidden();

	await page.keyboard.press('g');
	await page.locator('#date [type=date]').fill('2026-12-17');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/vue=semaine&.*date=2026-12-17/);
	await done();

	const plain = await desk(browser, 'secretary', { javaScriptEnabled: false });
	await plain.page.goto(`${server.url}/agenda/aller`);
	await plain.page.locator('#go-q').fill('imprimer');
	await plain.page.keyboard.press('Enter');
	await plain.page.getByRole('link', { name: 'Imprimer la journée' }).click();
	await expect(plain.page.locator('.day-sheet').first()).toBeVisible();
	await plain.done();
});

test('the columns that were chosen are the account’s, on every device', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	const before = await page.locator('.col').count();
	await page.getByText('Colonnes', { exact: true }).last().click();
	const boxes = page.locator('.panel input[name=agendas]');
	for (let i = 2; i < before; i++)
		await boxes.nth(i).uncheck();
	await page.getByRole('button', { name: 'Afficher ces colonnes' }).click();
	await expect(page.getByText(/Ces colonnes s’afficheront désormais/)).toBeVisible();
	await expect(page.locator('.col')).toHaveCount(2);
	await expect(page).not.toHaveURL(/agendas=/);
	await done();

	const other = await desk(browser, 'secretary', { javaScriptEnabled: false });
	await other.page.goto(`${server.url}/agenda`);
	await expect(other.page.locator('.col')).toHaveCount(2);
	await other.page.getByText('Colonnes', { exact: true }).last().click();
	for (let i = 2; i < before; i++)
		await other.page.locator('.panel input[name=agendas]').nth(i).check();
	await other.page.getByRole('button', { name: 'Afficher ces colonnes' }).click();
	await expect(other.page.locator('.col')).toHaveCount(before);
	await other.done();
});

test('n goes on beyond the day, and back', async ({ browser }) => {
	const { page, done } = await desk(browser);

	// Of somebody who has a free time that day: then the way back leads there.
	await page.goto(`${server.url}/agenda/libre?vue=colonnes&date=${MONDAY}&apres=${MONDAY}T00:00`);
	const who = await page.locator('.free a:focus').evaluate((a) => a.closest('.col').dataset.r);
	const last = page.locator(`.col[data-r="${who}"] .free a`).last();
	await last.focus();
	await page.keyboard.press('n');
	await expect(page).toHaveURL(new RegExp(`pour=${who}`));
	const focused = page.locator('.free a:focus');
	await expect(focused).toHaveCount(1);
	expect(await focused.evaluate((a) => a.closest('.col').dataset.r)).toBe(who);
	expect(await focused.evaluate((a) => a.closest('.col').dataset.date) > MONDAY).toBe(true);
	// Back through what that day has before it, then to the day where it began.
	await expect(async () => {
		await page.keyboard.press('N');
		await expect(page).toHaveURL(new RegExp(`date=${MONDAY}`), { timeout: 700 });
	}).toPass({ timeout: 20000 });
	await expect(focused).toHaveCount(1);
	await done();

	const plain = await desk(browser, 'secretary', { javaScriptEnabled: false });
	await plain.page.goto(`${server.url}/agenda?vue=colonnes&date=2026-12-13`);	// a Sunday
	await plain.page.getByRole('link', { name: 'Prochain créneau' }).click();
	await expect(plain.page).toHaveURL(/date=2026-12-14.*libre=2026-12-14T/);
	const first = await plain.page.url();
	await plain.page.getByRole('link', { name: 'Prochain créneau' }).click();
	expect(plain.page.url()).not.toBe(first);
	await plain.done();
});

test('a blocked time and a whole series are taken back', async ({ browser }) => {
	const { page, done } = await desk(browser, 'secretary', { javaScriptEnabled: false });

	await page.goto(`${server.url}/agenda/blocage?jour=2026-12-11`);
	await page.getByLabel('Praticien').selectOption({ index: 1 });
	await page.getByLabel('De', { exact: true }).fill('21:30');
	await page.getByLabel('À', { exact: true }).fill('22:00');
	await page.getByRole('button', { name: 'Bloquer ce temps' }).click();
	await page.getByRole('button', { name: 'Revenir en arrière' }).click();
	await expect(page.getByText('Le changement a été défait.')).toBeVisible();
	await page.goto(on('2026-12-11'));
	await expect(page.getByRole('link', { name: /^21\sh\s30, Bloqué/ })).toHaveCount(0);

	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=2027-01-07`);
	await chooseNewPatient(page, 'Prigent');
	await page.getByLabel('Heure').fill('21 h 40');
	await page.getByText('Répéter', { exact: true }).click();
	await page.getByLabel('Fréquence').selectOption('1');
	await page.getByLabel(/Combien de fois/).fill('3');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('La série a été créée.')).toBeVisible();
	await page.getByRole('button', { name: 'Revenir en arrière' }).click();
	await expect(page.getByText('Le changement a été défait.')).toBeVisible();
	for (const date of ['2027-01-07', '2027-01-14', '2027-01-21']) {
		await page.goto(on(date));
		await expect(page.locator('.ev', { hasText: 'Prigent' })).toHaveCount(0);
	}
	await done();
});

test('a series tells the patient all its dates in one message, with all in one calendar', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(`${server.url}/agenda/rdv/nouveau?jour=2027-01-05`);
	await chooseNewPatient(page, 'Riou');
	await page.getByLabel(/^Adresse e-mail/).fill('riou@example.test');
	await page.getByLabel('Heure').fill('21 h 20');
	await page.getByText('Répéter', { exact: true }).click();
	await page.getByLabel('Fréquence').selectOption('2');
	await page.getByLabel(/Combien de fois/).fill('3');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('La série a été créée.')).toBeVisible();
	const mail = await server.mailTo('riou@example.test'), words = wordsOf(mail);
	for (const date of ['Mardi 5 janvier', 'Mardi 19 janvier', 'Mardi 2 février'])
		expect(words).toContain(date);
	expect(words.match(/\/rdv\/\S+/g)).toHaveLength(3);
	expect(mail).toContain('method=PUBLISH');
	await done();
});

test('who sends apologies frees the time, and cannot have it back once it is taken', async ({ browser }) => {
	const { page, done } = await desk(browser, 'secretary', { javaScriptEnabled: false });
	const date = '2026-12-15';

	await page.goto(on(date));
	const slot = page.locator('.col').first().locator('.free a').first();
	const address = await slot.getAttribute('href'), start = address.match(/debut=([^&]*)/)[1];
	await slot.click();
	await chooseNewPatient(page, 'Salaün');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await page.goto(on(date));
	await expect(page.locator(`.free a[href*="debut=${start}"]`).first()).not.toHaveAttribute('href', address);
	await page.locator('.ev a', { hasText: 'Salaün' }).click();
	await page.getByRole('button', { name: 'Excusé' }).click();
	const path = new URL(page.url()).pathname;

	await page.goto(on(date));
	const free = page.locator('.col').first().locator(`.free a[href*="debut=${start}"]`);
	await expect(free).toBeVisible();
	expect((await free.boundingBox()).width).toBeGreaterThan(40);
	await free.click();
	await chooseNewPatient(page, 'Tréguer');
	await page.getByRole('button', { name: 'Créer le rendez-vous' }).click();
	await expect(page.getByText('Le rendez-vous est créé.')).toBeVisible();
	await page.goto(server.url + path);
	await page.getByRole('button', { name: 'Arrivé' }).click();
	await expect(page.locator('#clash')).toContainText('Tréguer Marie');
	await done();
});

test('what another screen changes is seen within two seconds, and no hand at work is disturbed', async ({ browser }) => {
	const mine = await desk(browser), theirs = await desk(browser);
	const date = '2026-12-18';

	await mine.page.goto(on(date));
	await expect(mine.page.locator('#link')).toHaveText('En direct');
	await newAppointment(theirs.page, 'Urvoy', '20:00', date);
	await expect(mine.page.locator('.ev', { hasText: 'Urvoy' })).toHaveCount(1, { timeout: 3000 });	// ux-25
	await expect(mine.page.locator('#live')).toContainText('L’agenda a changé');

	await mine.page.keyboard.press('g');
	await newAppointment(theirs.page, 'Vaillant', '21:00', date);
	await mine.page.waitForTimeout(3000);
	await expect(mine.page.locator('.ev', { hasText: 'Vaillant' })).toHaveCount(0);
	await mine.page.keyboard.press('Escape');
	await expect(mine.page.locator('.ev', { hasText: 'Vaillant' })).toHaveCount(1, { timeout: 3000 });

	await mine.page.context().setOffline(true);
	await expect(mine.page.locator('#link')).toHaveText('Connexion perdue', { timeout: 5000 });	// ux-27
	await mine.page.context().setOffline(false);
	await expect(mine.page.locator('#link')).toHaveText('En direct', { timeout: 3000 });
	await theirs.done();
	await mine.page.context().close();
});

test('the day on paper: hours, names, births, motives, phones; forty lines on a page', async ({ browser }) => {
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	await page.keyboard.press('p');
	await expect(page).toHaveURL(/\/agenda\/feuille/);
	const rows = page.locator('.day-sheet').first().locator('tbody tr');
	expect(await rows.count()).toBeGreaterThan(5);
	await expect(page.locator('.day-sheet td', { hasText: /^0\d( \d\d){4}$/ }).first()).toBeVisible();
	await expect(page.locator('.day-sheet td', { hasText: /^\d\d\/\d\d\/\d{4}$/ }).first()).toBeVisible();
	await expect(page.getByRole('button', { name: 'Imprimer' })).toBeVisible();
	await page.emulateMedia({ media: 'print' });
	await expect(page.locator('nav.side')).toBeHidden();
	await expect(page.getByRole('button', { name: 'Imprimer' })).toBeHidden();
	/* A4 less its margins is 273 mm, 1032 CSS pixels; title, name and head take 100 of them. */
	const height = await rows.first().evaluate((tr) => tr.getBoundingClientRect().height);
	expect(height * 40 + 100).toBeLessThan(1032);	// ux-39
	await done();
});

test('a practice of fourteen: columns are leafed through, five are legible, menus fit a small telephone', async ({ browser }) => {
	const many = await startServer({ practitioners: 14, patients: 60, appointments: 200 });
	const { page, done } = await deskOf(many)(browser, 'secretary', { viewport: { width: 1280, height: 860 } });

	try {
		await page.goto(`${many.url}/agenda?vue=colonnes&date=${MONDAY}`);
		await expect(page.locator('.col')).toHaveCount(12);
		const first = await page.locator('.col').evaluateAll((all) => all.map((c) => c.dataset.r));
		await page.getByRole('link', { name: 'Colonnes suivantes' }).click();
		await expect(page.getByText('Colonnes 13 à 14 sur 14')).toBeVisible();
		const rest = await page.locator('.col').evaluateAll((all) => all.map((c) => c.dataset.r));
		expect(new Set([...first, ...rest]).size).toBe(14);
		await page.getByRole('link', { name: 'Colonnes précédentes' }).click();
		await page.getByText('Colonnes', { exact: true }).last().click();
		for (let i = 5; i < 14; i++)
			await page.locator('.panel input[name=agendas]').nth(i).uncheck();
		await page.getByRole('button', { name: 'Afficher ces colonnes' }).click();
		await expect(page.locator('.col')).toHaveCount(5);
		const width = await page.locator('#grid').evaluate((g) => [g.scrollWidth, g.clientWidth]);
		expect(width[0]).toBeLessThanOrEqual(width[1]);

		for (const size of [320, 390]) {
			await page.setViewportSize({ width: size, height: 800 });
			await page.goto(`${many.url}/aujourdhui`);
			for (const link of await page.locator('nav.side a').all()) {
				const box = await link.boundingBox();
				expect(box.x).toBeGreaterThanOrEqual(0);
				expect(box.x + box.width).toBeLessThanOrEqual(size);
				expect(await link.evaluate((a) => a.scrollWidth <= a.clientWidth)).toBe(true);
			}
			await page.goto(many.url);
			expect((await page.locator('header.top').boundingBox()).height).toBeLessThan(90);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size);
		}
		await done();
	} finally {
		await many.stop();
	}
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
	test.setTimeout(400000);
	const { page, done } = await desk(browser);

	await page.goto(agenda());
	const appointment = await page.locator('.ev[data-v] a').first().getAttribute('href');
	for (const path of [`/agenda?vue=colonnes&date=${MONDAY}`, `/agenda?vue=semaine&date=${MONDAY}`,
		`/agenda?vue=jour&date=${MONDAY}`, appointment, '/aujourdhui', '/agenda/rdv/nouveau',
		'/agenda/blocage', '/agenda/raccourcis', '/agenda/aller', `/agenda/feuille?date=${MONDAY}`,
		`/agenda?date=${MONDAY}&coupe=${appointment.split('/').pop()}`, '/patients']) {
		await page.goto(server.url + path);
		await accessible(page);
	}
	await done();
});
