import { expect, it } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import { found } from '../../src/domain/doctor/checks.ts';
import { fakeTools } from './fake-tools.ts';

const ERROR = found('BundleDiffers', 'v1beta1.external.metrics.k8s.io', 'its caBundle is empty');
const NOTE = found('VersionDiffers', 'API server', 'is v1.36.0');

const doctor = async (findings: (typeof ERROR)[], ...flags: string[]) => {
  const asked: unknown[] = [];
  const { tools, ran } = fakeTools({
    doctor: async (options) => {
      asked.push(options);
      return findings;
    },
  });
  const code = await run(['doctor', ...flags], tools);
  return { code, out: ran.out, asked };
};

it('prints each finding with its reason and what to do, and ends with 1 for an error', async () => {
  const { code, out } = await doctor([ERROR, NOTE]);
  expect(code).toBe(1);
  expect(out).toBe(`ERROR BundleDiffers: v1beta1.external.metrics.k8s.io its caBundle is empty
  why: ${ERROR.why}
  do:  ${ERROR.fix}
NOTE VersionDiffers: API server is v1.36.0
  why: ${NOTE.why}
  do:  ${NOTE.fix}
1 errors, 0 warnings, 1 notes
`);
});

it('ends with 0 where there is no error', async () => {
  expect(await doctor([NOTE])).toMatchObject({ code: 0 });
});

it('is told the cluster, and whether metrics.k8s.io is wanted', async () => {
  const { asked } = await doctor([], '--kubeconfig', 'x', '--resource-metrics');
  expect(asked).toEqual([{ kubeconfig: 'x', wantsResourceMetrics: true }]);
});

it('gives programs what it found', async () => {
  const { out } = await doctor([NOTE], '-o', 'json');
  expect(JSON.parse(out)).toEqual([NOTE]);
});
