import type { Asked } from '../domain/batch/a-question.ts';

/** Reads that vary in the namespace, in a label and pairs of both, and beside what is the same for all. */
export const READS: Readonly<Record<string, readonly Asked[]>> = {
  namespaces: [{ namespace: 'shop' }, { namespace: 'bank' }, { namespace: 'nowhere' }],
  pairs: [
    { namespace: 'shop', selector: 'service=web' },
    { namespace: 'shop', selector: 'service=web.v1' },
    { namespace: 'bank', selector: 'service=api' },
    { namespace: 'bank', selector: 'service=web' },
    { namespace: 'nowhere', selector: 'service=web' },
  ],
  'beside other operators': [
    { namespace: 'shop', selector: 'service=web,zone=' },
    { namespace: 'bank', selector: 'service=api,zone=' },
    { namespace: 'shop', selector: 'service=api,zone=' },
    { namespace: 'shop', selector: 'node=n1,zone!=a' },
    { namespace: 'bank', selector: 'node=n2,zone!=a' },
    { namespace: 'bank', selector: 'service in (web,api)' },
    { namespace: 'shop', selector: 'service in (web,api)' },
  ],
};

export const POD_READS: readonly Asked[] = [
  { namespace: 'shop', pods: ['web-0', 'web-1', 'web-v1-0', 'gone.1'] },
  { namespace: 'bank', pods: ['api-1'] },
  { namespace: 'nowhere', pods: ['web-0', 'web-1'] },
];
