// A server of its own for a test file: invented data in a temporary folder, a
// clock that begins on a Monday morning, and a mail server that keeps what arrives.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.SERMENT_BIN ?? join(root, 'build/serment');
export const NOW = '2026-11-23T07:00:00Z';

/** The first line that a process prints and that the pattern matches. */
function firstLine(child, pattern) {
	return new Promise((found, failed) => {
		let said = '';
		child.stderr.on('data', (text) => { said += text; });
		child.on('exit', (code) => failed(new Error(`ended with ${code}: ${said}`)));
		createInterface({ input: child.stdout }).on('line', (line) => {
			const match = line.match(pattern);
			if (match)
				found(match);
		});
	});
}

async function ended(child) {
	if (child.exitCode === null) {
		child.kill('SIGTERM');
		await new Promise((done) => child.once('exit', done));
	}
}

/** What a quoted-printable or base64 part says. */
function decoded(part) {
	const [head, ...body] = part.split(/\r?\n\r?\n/);
	const text = body.join('\n\n');
	if (/base64/i.test(head))
		return Buffer.from(text.replace(/\s/g, ''), 'base64').toString();
	const bytes = text.replace(/=\r?\n/g, '')
		.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString();
}

/** The plain-text words of a message. */
export function wordsOf(message) {
	const part = message.split(/\r?\n--[^\r\n]+\r?\n/).find((p) => /^content-type: text\/plain/im.test(p));
	return decoded(part ?? message);
}

async function startMail() {
	const child = spawn('/usr/bin/python3', ['-u', join(root, 'tests/unit/smtp_sink.py'), 'plain'],
		{ stdio: ['ignore', 'pipe', 'pipe'] });
	const messages = [];
	createInterface({ input: child.stdout }).on('line', (line) => {
		const [word, , , to, hex] = line.split(' ');
		if (word === 'MAIL')
			messages.push({ to, text: Buffer.from(hex, 'hex').toString('utf8') });
	});
	const [, port] = await firstLine(child, /^(\d+|missing)$/);
	if (port === 'missing')
		throw new Error('python3-aiosmtpd is not installed');
	return { child, messages, port };
}

/**
 * Options: practitioners, patients, appointments of the one organisation; seed;
 * sends: false for a server without SMTP, whose messages the administrator reads.
 * The answer has url, demo (what `serment demo --json` printed), mailTo and stop.
 */
export async function startServer({ practitioners = 3, patients = 40, appointments = 200, seed = 1, orgs = 1, sends = true } = {}) {
	const dir = mkdtempSync(join(tmpdir(), 'serment-e2e-'));
	const data = join(dir, 'data');
	const demo = JSON.parse(execFileSync(program, ['demo', '--dir', data, '--now', NOW, '--seed', String(seed),
		'--orgs', String(orgs), '--practitioners', String(practitioners), '--patients', String(patients),
		'--appointments', String(appointments), '--json'], { stdio: ['ignore', 'pipe', 'pipe'] }));
	const mail = await startMail();
	const config = join(dir, 'serment.conf');
	writeFileSync(config, !sends ? '' : `smtp_url = smtp://127.0.0.1:${mail.port}\nsmtp_from = rdv@example.test\nsmtp_require_tls = no\n`);
	const child = spawn(program, ['serve', '--dir', data, '--config', config, '--now', NOW, '--listen', '127.0.0.1:0'],
		{ stdio: ['ignore', 'pipe', 'pipe'] });
	const [, port] = await firstLine(child, /^listening on http:\/\/.*:(\d+)$/);

	return {
		// By name: browsers take an address for no secure place, and refuse our cookies.
		url: `http://localhost:${port}`,
		demo,
		/** The n-th message to an address, waiting for it. */
		async mailTo(address, n = 1) {
			for (let tries = 0; tries < 150; tries++) {
				const mine = mail.messages.filter((m) => m.to === address);
				if (mine.length >= n)
					return mine[n - 1].text;
				await new Promise((later) => setTimeout(later, 100));
			}
			throw new Error(`message ${n} to ${address} did not arrive`);
		},
		/** The code of the n-th message to an address. */
		async codeFor(address, n = 1) {
			return wordsOf(await this.mailTo(address, n)).match(/\b(\d{3})\s?(\d{3})\b/).slice(1).join('');
		},
		async stop() {
			await ended(child);
			await ended(mail.child);
			rmSync(dir, { recursive: true, force: true });
		},
	};
}
