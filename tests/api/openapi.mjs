// Is the file that is named a sound OpenAPI document?  Exit status 0: yes.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';

const found = await new Validator().validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (!found.valid)
	console.log(JSON.stringify(found.errors, null, 1));
process.exit(found.valid ? 0 : 1);
