import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { parsePolicies, policyDocument } from '../../src/config/policy.ts';
import { exportedMetrics, seriesNames } from '../telemetry/exported.ts';
import { blocks, documentOf, documents, tableRows } from './documents.ts';

const all = documents();
const install = documentOf('docs/install.md');

describe('metrics in the docs', () => {
  it('are those of the program, with their labels', async () => {
    const documented = new Map(tableRows(install, 'metric').map(([name = '', labels = '']) => [name, labels]));
    const exported = [...(await exportedMetrics())].map(([name, { labels }]) => [name, labels.join(', ')] as const);
    expect(documented).toEqual(new Map(exported));
  });

  it('are in the program wherever a page names one', async () => {
    const exported = [...(await exportedMetrics())];
    const known = new Set(exported.flatMap(([name, metric]) => [name, ...seriesNames(name, metric)]));
    const named = all.flatMap(({ text }) => text.match(/\btidecaster_[a-z_]+/g) ?? []);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the glossary', () => {
  it('explains each reason that the program can give', () => {
    const source = readFileSync('src/domain/reason.ts', 'utf8');
    const reasons = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, reason]) => reason);
    const rows = tableRows(documentOf('docs/glossary.md'), 'word').map(([word]) => word);
    expect(reasons.length).toBeGreaterThan(10);
    expect(rows.filter((word) => /^[A-Z]/.test(word ?? ''))).toEqual(reasons);
  });
});

describe('policies in the docs', () => {
  const examples = all.flatMap((document) =>
    blocks(document)
      .filter(({ language, text }) => language === 'yaml' && text.includes('kind: AutoscalingPolicy'))
      .map(({ text }) => ({ file: document.file, text })),
  );

  it.each(examples)('read without a fault: $file', ({ file, text }) => {
    expect(parsePolicies(file, text).problems).toEqual([]);
  });

  it('have all their fields in the table', () => {
    const { metadata, spec } = policyDocument.shape;
    const schedule = spec.shape.schedules.unwrap().element;
    const fields = [
      ...Object.keys(metadata.shape).map((key) => `metadata.${key}`),
      ...Object.keys(spec.shape).map((key) => `spec.${key}`),
      ...Object.keys(schedule.shape).map((key) => `schedules[].${key}`),
    ];
    const rows = tableRows(documentOf('docs/policies.md'), 'field').map(([field]) => field);
    // labels and annotations are Kubernetes' own and mean nothing to us
    const ours = fields.filter((field) => !/^metadata\.(labels|annotations)$/.test(field));
    expect(new Set(rows)).toEqual(new Set(ours));
  });
});

describe('YAML in the docs', () => {
  it('parses', () => {
    const texts = all.flatMap(blocks).filter(({ language }) => language === 'yaml');
    expect(texts.flatMap(({ text }) => [...parseAllDocuments(text)].flatMap(({ errors }) => errors))).toEqual([]);
  });
});

describe('rights in the docs', () => {
  type Rule = { resources: string[]; verbs: string[]; resourceNames?: string[] };

  it('are those of the manifests', () => {
    const files = ['apiservice/base/rbac.yaml', 'apiservice/overlays/self-signed/rbac.yaml'];
    const granted = files.flatMap((file) =>
      parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
        const { rules = [] } = document.toJS() as { rules?: Rule[] };
        return rules.map(({ resources, verbs, resourceNames = [] }) => [
          [...resources, ...resourceNames].join(' '),
          verbs.join(', '),
        ]);
      }),
    );
    const documented = tableRows(install, 'ServiceAccount')
      .filter(([, role]) => !role?.startsWith("Kubernetes' own"))
      .map((row) => [row[2], row[3]]);
    expect(documented).toEqual(granted);
  });
});

describe('decisions', () => {
  const files = readdirSync('docs/adr').filter((name) => /^\d{4}-/.test(name));

  it.each(files)('are short: %s', (file) => {
    expect(readFileSync(`docs/adr/${file}`, 'utf8').split('\n').length).toBeLessThanOrEqual(41);
  });

  it('are numbered without a gap, and all in the list', () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
    const list = documentOf('docs/adr/README.md').text;
    expect(files.filter((name) => !list.includes(`(${name})`))).toEqual([]);
  });
});
