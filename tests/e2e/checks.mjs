// What every page owes to everybody, as a list of faults; nothing to say is an
// empty list.  pages.spec.mjs proves on a bad page that each check can fail.
import AxeBuilder from '@axe-core/playwright';
import { gzipSync } from 'node:zlib';
import { htmlFaults } from './html.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
export const PHONE = 390;
export const WIDTHS = [PHONE, 1280];
const NARROW = 320;	// WCAG 1.4.10: 1280 pixels at 400 %
const HEIGHT = 844;

// Bytes on the wire, and requests of a first visit.  All of the staff's pages share
// the agenda's style: whoever works here opens the agenda first.
export const BUDGETS = {
	public: { html: 10240, style: 6144, script: 3072, rest: 22528, requests: 6 },
	agenda: { html: 20480, style: 8192, script: 12288, rest: 22528, requests: 8 },
	staff: { html: 20480, style: 8192, script: 6144, rest: 22528, requests: 7 },
};

/** Every rule in light; in dark those of colour, for nothing else differs. */
function axe(page, colorScheme) {
	const builder = new AxeBuilder({ page }).setLegacyMode();	// our pages have no frames
	return (colorScheme === 'light' ? builder.withTags(TAGS) : builder.withRules(COLOUR_RULES)).analyze();
}

/** Faults of axe in light and dark, at the width that the page has. */
async function axeFaults(page, shot = async () => {}) {
	const faults = [], { width } = page.viewportSize();

	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		const { violations } = await axe(page, colorScheme);
		for (const v of violations)
			faults.push(`${v.id}, ${width} pixels, ${colorScheme}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
		await shot(`${width}-${colorScheme}`);
	}
	await page.emulateMedia({ colorScheme: null });
	return faults;
}

/** Of scroll and outline. */
function outlineFaults(page) {
	return page.evaluate(() => {
		const found = [], headings = document.querySelectorAll('h1').length;
		if (document.documentElement.scrollWidth > innerWidth)
			found.push(`scrolls sideways: ${document.documentElement.scrollWidth} at ${innerWidth} pixels`);
		if (headings !== 1)
			found.push(`${headings} main headings`);
		if (!['fr', 'en'].includes(document.documentElement.lang))
			found.push('no language');
		return found;
	});
}

/** Of all of them, at the width that the page has. */
export async function faultsAt(page) {
	return [...await axeFaults(page), ...await outlineFaults(page)];
}

/** Faults of axe at each width; of scroll and outline at the narrowest. */
export async function faultsOf(page, widths = WIDTHS, shot = async () => {}) {
	const faults = [];

	for (const width of widths) {
		await page.setViewportSize({ width, height: HEIGHT });
		faults.push(...await axeFaults(page, shot));
	}
	await page.setViewportSize({ width: NARROW, height: HEIGHT });
	return [...faults, ...await outlineFaults(page)];
}

/** Follows what a page loads and complains of, from its next navigation on. */
export async function watch(page, origin) {
	const trouble = [];
	let answers = [], asked = 0;
	const cdp = await page.context().newCDPSession(page);

	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });	// each page weighs as on a first visit
	page.on('pageerror', (error) => trouble.push(error.message));
	page.on('console', (line) => {
		// An answer that refuses (422, 404…) is what some pages are for.
		if (line.type() === 'error' && !/the server responded with a status of 4\d\d/.test(line.text()))
			trouble.push(line.text());
	});
	page.on('request', (request) => {
		if (request.isNavigationRequest() && request.frame() === page.mainFrame() && request.redirectedFrom() === null) {
			answers = [];
			asked = 0;
		}
		asked += request.isNavigationRequest() || request.url().startsWith('data:') ? 0 : 1;
		if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
			trouble.push(`another host: ${request.url()}`);
	});
	page.on('response', (response) => {
		// What led here is no part of the page.
		if (!(response.status() >= 300 && response.status() < 400))
			answers.push(response);
	});
	const documentOf = () => answers.find((a) => a.request().isNavigationRequest());

	return {
		trouble,
		status: () => documentOf().status(),
		htmlFaults: async () => htmlFaults(await documentOf().text()),
		/** Bytes by kind, and how many requests. */
		async weight() {
			const sum = { html: 0, style: 0, script: 0, rest: 0, requests: 1 + asked };

			await page.evaluate(() => document.fonts.ready);
			for (const answer of answers) {
				const type = answer.request().resourceType();
				if (type === 'document')
					sum.html += gzipSync(await answer.body()).length;
				else if (type === 'stylesheet')
					sum.style += (await answer.request().sizes()).responseBodySize;
				else if (type === 'script')
					sum.script += (await answer.request().sizes()).responseBodySize;
				else if (type !== 'eventsource' && type !== 'fetch')
					sum.rest += (await answer.request().sizes()).responseBodySize;
			}
			return sum;
		},
	};
}

export function overBudget(weight, budget) {
	return Object.keys(budget).filter((kind) => weight[kind] > budget[kind])
		.map((kind) => `${kind}: ${weight[kind]}, at most ${budget[kind]}`);
}
