// Somebody of the staff at work.  A code from the phone works once, so that each
// role signs in once a server; its pages share the session.
import { createHmac } from 'node:crypto';
import { expect } from '@playwright/test';
import { NOW } from './server.mjs';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_SECONDS = 30;

/** RFC 6238, at the clock of a server that was started at `started`. */
function totp(secret, started) {
	const bits = [...secret].map((c) => BASE32.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
	const step = Buffer.alloc(8);
	const seconds = (Date.parse(NOW) + Date.now() - started) / 1000;
	step.writeBigUInt64BE(BigInt(Math.floor(seconds / STEP_SECONDS)));
	const mac = createHmac('sha1', key).update(step).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function signIn(browser, server, role, started) {
	const who = server.demo.accounts.find((a) => a.role === role);
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(`${server.url}/connexion`);
	await page.getByLabel('Adresse e-mail').fill(who.login);
	await page.getByLabel('Mot de passe', { exact: true }).fill(who.password);
	await page.getByRole('button', { name: 'Se connecter' }).click();
	await page.getByLabel('Code').fill(totp(who.totp_secret, started));
	await page.getByRole('button', { name: 'Continuer' }).click();
	await expect(page).not.toHaveURL(/connexion/);
	const state = await context.storageState();
	await context.close();
	return state;
}

/** For a server that has just been started: desk(browser, role, options) gives { page, done }. */
export function deskOf(server) {
	const started = Date.now();
	const states = new Map();

	return async (browser, role = 'secretary', options = {}) => {
		if (!states.has(role))
			states.set(role, await signIn(browser, server, role, started));
		const context = await browser.newContext({ viewport: { width: 1440, height: 900 },
			storageState: states.get(role), ...options });
		const page = await context.newPage();
		const trouble = [];
		page.on('pageerror', (error) => trouble.push(error.message));
		page.on('console', (line) => {
			// A refusal (409, 422) is an answer, not a fault.
			if (line.type() === 'error' && !/status of 4(09|22)/.test(line.text()))
				trouble.push(line.text());
		});
		page.on('request', (request) => {
			if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
				trouble.push(`another host: ${request.url()}`);
		});
		return {
			page,
			/** Nothing went wrong on the page meanwhile. */
			async done() {
				expect(trouble).toEqual([]);
				await context.close();
			},
		};
	};
}
