// What html-validate finds in the source of a page, as the server sent it.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HtmlValidate } from 'html-validate';

const root = resolve(import.meta.dirname, '../..');
const validator = new HtmlValidate(JSON.parse(readFileSync(join(root, 'ui/htmlvalidate.json'), 'utf8')));

export async function htmlFaults(source) {
	const { results } = await validator.validateString(source);
	return results.flatMap((r) => r.messages).map((m) => `${m.ruleId} (line ${m.line}): ${m.message}`);
}
