import { describe, expect, it } from '@jest/globals';
import { documentOf, tableRows } from '../docs/documents.ts';
import { differenceRows } from './document.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

describe('the differences from prometheus-adapter', () => {
  it('stand in the migration guide, all of them, with their reasons', () => {
    const rows = tableRows(documentOf('docs/prometheus-adapter.md'), 'prometheus-adapter v0.12.0');
    expect(rows).toEqual(differenceRows(KNOWN_DIFFERENCES));
  });

  it('are named once each', () => {
    const ids = KNOWN_DIFFERENCES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
