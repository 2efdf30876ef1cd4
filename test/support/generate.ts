/** `npm run gen`: writes what is generated from the code. test/generated.test.ts fails when it is stale. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generated } from './generated.ts';

for (const [file, text] of Object.entries(generated())) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(file);
}
