// Validates SARIF logs against the standard's JSON schema and prints what is wrong with each.
// usage: sarif_check.mjs FILE...
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const schema = createRequire(import.meta.url)(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// The schema has an expression that is none with the flag u.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats(ajv);
const validate = ajv.compile(schema);
const problems = process.argv.slice(2).map((file) => {
  validate(JSON.parse(readFileSync(file, 'utf8')));
  return (validate.errors ?? []).map((error) => `${error.instancePath}: ${error.message}`);
});
console.log(JSON.stringify(problems));
