import { describe, expect, it } from '@jest/globals';
import { backend } from '../../src/config/backends.ts';
import { externalRuleExtension, plainQuery } from '../../src/config/rule-extensions.ts';
import { parseRules } from '../../src/config/rules.ts';
import { problemText } from '../../src/domain/errors.ts';
import { lintRules } from '../../src/domain/rules/lint-rules.ts';
import { blocks, documentOf, documents, tableRows } from './documents.ts';

const page = documentOf('docs/metric-rules.md');
const examples = documents().flatMap((document) =>
  blocks(document)
    // a Role has `rules` too
    .filter(
      ({ language, text }) =>
        language === 'yaml' && /^(externalRules|rules|tidecaster):/m.test(text) && !/^kind:/m.test(text),
    )
    .map(({ text }) => ({ file: document.file, text })),
);
/** The keys that tables of the page describe. */
const described = tableRows(page, 'key').map(([key]) => key);

describe('metric rules in the docs', () => {
  it.each(examples)('read without a fault, and lint is content with them: $file', ({ file, text }) => {
    const read = parseRules(file, text);
    expect(read.problems.map(problemText)).toEqual([]);
    expect(lintRules(read).filter(({ message }) => !message.startsWith('every namespace'))).toEqual([]);
  });

  it.each([
    ['backends[].', Object.keys(backend.in.shape)],
    ['queries[].', Object.keys(plainQuery.shape)],
    ['externalRules[].tidecaster.', Object.keys(externalRuleExtension.shape)],
    ['values.', Object.keys(externalRuleExtension.shape.values.unwrap().shape)],
  ])('have each key of %s in a table, and no other', (prefix, keys) => {
    const own = described.flatMap((key) => (key?.startsWith(prefix) === true ? [key.slice(prefix.length)] : []));
    expect(own.toSorted()).toEqual(keys.toSorted());
  });
});
