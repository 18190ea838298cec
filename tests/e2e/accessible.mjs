// What every page owes to everybody, asserted at the width that the test has.
import { expect } from '@playwright/test';
import { faultsAt } from './checks.mjs';

export async function accessible(page) {
	expect(await faultsAt(page), page.url()).toEqual([]);
}
