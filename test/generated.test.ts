import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { generated } from './support/generated.ts';

describe('what is generated', () => {
  it.each(Object.entries(generated()))('%s is what the code says: npm run gen', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is named in the first line of every policy file, for editors', () => {
    const files = readdirSync('policies').filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const [first] = readFileSync(`policies/${file}`, 'utf8').split('\n');
      expect([file, first]).toEqual([file, '# yaml-language-server: $schema=../docs/schema/policy.schema.json']);
    }
  });
});
