// Debian's Chromium, French, one worker: the servers of two files would share the machine.
import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: '.',
	workers: 1,
	timeout: 60000,
	reporter: 'list',
	outputDir: process.env.E2E_OUTPUT ?? '../../build/e2e',
	use: {
		locale: 'fr-FR',
		timezoneId: 'Europe/Paris',
		launchOptions: {
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
				'--disable-background-networking', '--disable-component-update', '--disable-sync'],
		},
	},
});
