import { describe, expect, it } from '@jest/globals';
import { findResource, parseGroupResource } from '../../../src/domain/rules/api-resource.ts';
import { associate } from '../../../src/domain/rules/association.ts';
import { type CustomRead, customQueryOf } from '../../../src/domain/rules/custom-rule.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';
import { parseTemplate } from '../../../src/domain/rules/template.ts';
import { aCustomRule, labelsOf } from './a-custom-rule.ts';
import { RESOURCES } from './cluster-resources.ts';

const template = 'S{<<.LabelMatchers>>}';

function queryOf(about: Partial<CustomRead> & { of?: string; selector?: string; metricsQuery?: string }) {
  const { of = 'pods', selector = '', metricsQuery = template, ...read } = about;
  const rule = aCustomRule({
    labels: labelsOf({ template: 'kube_<<.Resource>>', overrides: { ns: { resource: 'namespace' } } }),
    metricsQuery: parseTemplate(metricsQuery),
  });
  return customQueryOf(rule, associate(rule.labels, RESOURCES), {
    series: 'viewers',
    resource: findResource(RESOURCES, parseGroupResource(of))!,
    namespace: 'streaming',
    names: ['p-1'],
    requirements: parseSelector(selector),
    ...read,
  });
}

describe('the query of a read', () => {
  it.each([
    [{}, 'S{ns="streaming",kube_pod="p-1"}'],
    [{ names: ['p-1', 'p-2'] }, 'S{ns="streaming",kube_pod=~"p-1|p-2"}'],
    [{ names: ['a.b', 'c'] }, 'S{ns="streaming",kube_pod=~"a\\\\.b|c"}'],
    [{ names: ['a.b'] }, 'S{ns="streaming",kube_pod="a.b"}'],
    [{ selector: 'region in (b,a),app=x' }, 'S{app="x",region=~"a|b",ns="streaming",kube_pod="p-1"}'],
    [{ of: 'deployments.apps', names: ['video'] }, 'S{ns="streaming",kube_deployment="video"}'],
    [{ of: 'namespaces', namespace: null, names: ['streaming'] }, 'S{ns="streaming"}'],
    [{ of: 'nodes', namespace: null, names: ['n1', 'n2'] }, 'S{kube_node=~"n1|n2"}'],
    [
      { metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)' },
      'sum(viewers{ns="streaming",kube_pod="p-1"}) by (kube_pod)',
    ],
    [{ metricsQuery: '<<.GroupBySlice>>' }, '[kube_pod]'],
    [
      {
        metricsQuery: '<<index .LabelValuesByName "kube_pod">> <<index .LabelValuesByName "ns">>',
        names: ['a', 'b.c'],
      },
      'a|b.c streaming',
    ],
  ])('%j makes %s', (about, promql) => {
    expect(queryOf(about)).toMatchObject({ type: 'query', promql });
  });

  it('says by which label its rows name objects', () => {
    expect(queryOf({})).toMatchObject({ label: 'kube_pod' });
  });

  it('is none where the rule has no label for the objects or for their namespace, or comes out empty', () => {
    const rule = aCustomRule({ labels: labelsOf({ overrides: { pod: { resource: 'pod' } } }) });
    const read = { series: 's', names: ['x'], requirements: [], namespace: 'a' };
    const association = associate(rule.labels, RESOURCES);
    const of = (name: string) => findResource(RESOURCES, parseGroupResource(name))!;
    expect(customQueryOf(rule, association, { ...read, resource: of('services') })).toEqual({
      type: 'none',
      why: 'no label is named for services',
    });
    expect(customQueryOf(rule, association, { ...read, resource: of('pods') })).toEqual({
      type: 'none',
      why: 'no label is named for namespaces',
    });
    expect(queryOf({ metricsQuery: '<<index .LabelValuesByName "none">>' })).toMatchObject({ type: 'none' });
  });
});
