import { basename } from 'node:path';
import { parsePolicies } from '../../src/config/policy.ts';
import type { AutoscalingPolicy } from '../../src/domain/policy/autoscaling-policy.ts';
import { boundaries, isOpen } from '../../src/domain/policy/schedule.ts';
import { targetKey } from '../../src/domain/target.ts';
import { filesOf, hpas, read, yamlOf } from './manifests.ts';

const files = filesOf('policies').filter((file) => !file.endsWith('kustomization.yaml'));
const parsed = files.map((file) => [file, parsePolicies(file, read(file))] as const);
const policies: readonly AutoscalingPolicy[] = parsed.flatMap(([, file]) => file.policies);
const everyPolicy = policies.map((policy) => [policy.name, policy] as const);

it.each(parsed)('%s is a policy without a fault', (_, { problems, policies }) => {
  expect(problems).toEqual([]);
  expect(policies).toHaveLength(1);
});

it.each(files)('%s names its schema in its first line, so that an editor checks it', (file) => {
  expect(read(file).split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/schema/policy.schema.json');
});

it('the ConfigMap holds each policy file, under a name without a hash', () => {
  const [kustomization] = yamlOf('policies/kustomization.yaml') as [{ configMapGenerator: Record<string, unknown>[] }];
  expect(kustomization.configMapGenerator).toMatchObject([
    { files: files.map((file) => basename(file)), options: { disableNameSuffixHash: true } },
  ]);
});

it('each HPA has one policy and each policy has its HPA', () => {
  const there = hpas.map(({ object }) => `${object.metadata?.namespace}/${object.metadata?.name}`);
  expect(policies.map(({ target }) => targetKey(target)).toSorted()).toEqual(there.toSorted());
});

it.each(everyPolicy)('%s: Git says no minReplicas where the policy does, and the ceilings agree', (_, policy) => {
  const hpa = hpas.find(({ object }) => object.metadata?.name === policy.target.name);
  expect(policy.actuation).toBe('Patch');
  expect(hpa?.object.spec).not.toHaveProperty('minReplicas');
  expect(policy.maxReplicas).toBe(hpa?.object.spec?.maxReplicas);
});

it.each(everyPolicy)('%s: no two of its schedules are ever open together', (_, policy) => {
  // a fortnight, which has every weekday and every gap between two weeks; Seoul keeps no DST
  const from = Date.UTC(2027, 0, 1);
  for (const { at } of boundaries(policy, from, from + 14 * 86_400_000)) {
    expect(policy.schedules.filter((schedule) => isOpen(policy, schedule, at)).length).toBeLessThanOrEqual(1);
  }
});

it.each(everyPolicy)('%s: nights go below the baseline, evenings above', (_, policy) => {
  for (const { name, minReplicas } of policy.schedules) {
    if (name === 'night') expect(minReplicas).toBeLessThan(policy.minReplicas);
    else expect(minReplicas).toBeGreaterThan(policy.minReplicas);
  }
});
