import { describe, expect, it } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Document, anchors, blocks, documentOf, documents, prose, spans } from './documents.ts';

const all = documents();

/** What is wrong with the links of a page that lead into the repository. */
function brokenLinks(document: Document): string[] {
  return [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^https?:/.test(link)) return [];
    const [path = '', anchor] = link.split('#', 2);
    const target = path === '' ? document.file : normalize(join(dirname(document.file), path));
    if (!existsSync(target)) return [`${document.file}: ${link}: ${target} is not there`];
    if (anchor === undefined || statSync(target).isDirectory()) return [];
    return anchors(documentOf(target)).has(anchor) ? [] : [`${document.file}: ${link}: no such heading`];
  });
}

/** Rooms of the repository: what begins with one of these is a path. */
const PATH = /^(?:src|test|docs|bin|apiservice|k8s-manifests|policies|scripts|\.ci)\/[\w./-]*$/;

function missingPaths(document: Document): string[] {
  const words = [...spans(document), ...blocks(document).flatMap(({ text }) => text.split(/[\s'",[\]()]+/))];
  return words
    .filter((word) => PATH.test(word) && !existsSync(word))
    .map((path) => `${document.file}: ${path} is not there`);
}

describe('links and paths in the docs', () => {
  it('lead to files and headings that are there', () => {
    expect(all.flatMap(brokenLinks)).toEqual([]);
  });

  it('name files that are there', () => {
    // x.yaml stands for a policy with faults
    expect(all.flatMap(missingPaths).filter((line) => !line.includes('policies/x.yaml'))).toEqual([]);
  });

  it.each([
    ['a file that is not there', { file: 'docs/a.md', text: '[x](nowhere.md)' }],
    ['a heading that is not there', { file: 'docs/a.md', text: '[x](install.md#nowhere)' }],
  ])('would be noticed with %s', (_what, document) => {
    expect(brokenLinks(document)).toHaveLength(1);
  });

  it('would be noticed with a path that is not there', () => {
    expect(
      missingPaths({ file: 'a.md', text: 'see `src/nowhere.ts` and\n```sh\nls test/nowhere\n```\n' }),
    ).toHaveLength(2);
  });

  it('reach every page from README', () => {
    const reached = new Set<string>();
    const queue = ['README.md', 'docs/adr/README.md'];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const [, link = ''] of documentOf(file).text.matchAll(/\]\(([^)\s#]+\.md)/g)) {
        if (!/^https?:/.test(link)) queue.push(normalize(join(dirname(file), link)));
      }
    }
    expect(all.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);
  });
});
