import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { documentOf, tableRows } from './documents.ts';

type Package = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;

/** The rows of ADR 0002, one a package; † marks what the domain may use. */
const listed = tableRows(documentOf('docs/adr/0002-dependencies.md'), 'package').flatMap(
  ([packages = '', , licence = '']) =>
    packages.split(', ').map((text) => ({ name: text.replace(' †', ''), pure: text.endsWith('†'), licence })),
);

describe('the list of dependencies', () => {
  it('has a line for each in package.json, and no other', () => {
    const wanted = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    expect(listed.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
  });

  it('gives the licence that the package gives', () => {
    const licences = listed.map(({ name }) => {
      const { license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { license: string };
      return { name, licence: license };
    });
    expect(listed.map(({ name, licence }) => ({ name, licence }))).toEqual(licences);
  });

  it('marks the pure ones that the walls let into the domain', () => {
    const walls = readFileSync('test/architecture.test.ts', 'utf8');
    const allowed = new RegExp(/domain: \{ rooms: \['domain'\], packages: \/(.+)\/ \}/.exec(walls)?.[1] ?? '^$');
    expect(listed.filter(({ pure }) => pure).map(({ name }) => name)).toEqual(
      listed.map(({ name }) => name).filter((name) => allowed.test(name)),
    );
  });
});
