import { describe, expect, it } from '@jest/globals';
import { findResource, groupResourceText, parseGroupResource } from '../../../src/domain/rules/api-resource.ts';
import { associate, resourcesOf } from '../../../src/domain/rules/association.ts';
import { labelsOf } from './a-custom-rule.ts';
import { RESOURCES } from './cluster-resources.ts';

const resource = (text: string) => findResource(RESOURCES, parseGroupResource(text))!;

describe('the name of a resource', () => {
  it.each([
    ['pods', 'pods'],
    ['pod', 'pods'],
    ['Pods', 'pods'],
    ['job', 'jobs.batch'],
    ['deployments.apps', 'deployments.apps'],
    ['ingress.networking', 'ingresses.networking.k8s.io'],
    ['pods.metrics.k8s.io', 'pods.metrics.k8s.io'],
    ['ingresses.extensions', null],
    ['unicorns', null],
  ])('%s stands for %s', (text, found) => {
    const hit = findResource(RESOURCES, parseGroupResource(text));
    expect(hit && groupResourceText(hit)).toBe(found);
  });
});

describe('labels and resources', () => {
  const template = { template: 'kube_<<.Group>>_<<.Resource>>' };

  it.each([
    [{ template: '<<.Resource>>' }, 'job', 'jobs.batch'],
    [{ template: '<<.Resource>>' }, 'service', 'services'],
    [{ template: '<<.Resource>>' }, 'region', 'skipped'],
    [{ template: '<< .Resource >>_name' }, 'pod_name', 'pods'],
    [{ template: '<<.Resource>>_name' }, 'pod', 'none'],
    [template, 'kube_apps_deployment', 'deployments.apps'],
    [template, 'kube_deployment', 'none'],
    [{ overrides: { app: { group: 'apps', resource: 'deployments' } } }, 'app', 'deployments.apps'],
    [{ overrides: { app: { resource: 'unicorn' } } }, 'app', 'skipped'],
    [{ template: '<<.Resource>>', overrides: { pod: { resource: 'node' } } }, 'pod', 'nodes'],
  ])('%j: the label %s names %s', (resources, label, named) => {
    const meaning = associate(labelsOf(resources), RESOURCES).meaningOf(label);
    expect(meaning.type === 'resource' ? groupResourceText(meaning.resource) : meaning.type).toBe(named);
  });

  it.each([
    [{ overrides: { ns: { resource: 'namespaces' } } }, 'namespaces', 'ns'],
    [{ overrides: { ns: { resource: 'namespaces' } } }, 'pods', null],
    [{ template: '<<.Resource>>' }, 'pods', 'pod'],
    [template, 'ingresses.networking.k8s.io', 'kube_networking_k8s_io_ingress'],
    [{ overrides: { a: { resource: 'pod' }, b: { resource: 'pods' } } }, 'pods', 'a'],
    [{ overrides: { unicorn: { resource: 'unicorn' } }, template: 'k8s_<<.Resource>>' }, 'nodes', 'k8s_node'],
  ])('%j: %s are named by %s', (resources, name, label) => {
    expect(associate(labelsOf(resources), RESOURCES).labelOf(resource(name))).toBe(label);
  });

  // A label that is named like a resource which the cluster has not is passed over, one of another form is not.
  it.each([
    [['kube_namespace', 'kube_pod'], ['namespaces', 'pods'], true],
    [['kube_node'], ['nodes'], false],
    [['kube_namespace'], ['namespaces'], false],
    [['kube_node', 'kube_device'], ['nodes'], false],
    [['kube_node', 'device'], ['nodes'], true],
  ])('a series with %j is of %j, namespaced: %j', (labels, found, namespaced) => {
    const series = resourcesOf(associate(labelsOf({ template: 'kube_<<.Resource>>' }), RESOURCES), labels);
    expect(series.resources.map(groupResourceText)).toEqual(found);
    expect(series.namespaced).toBe(namespaced);
  });

  it.each([
    [{}, /no label is named that holds an object/],
    [{ template: 'kube_<<.Group>>' }, /expected text with <<.Resource>>/],
    [{ template: '<<.Kind>>_<<.Resource>>' }, /is not understood/],
    [{ template: '(<<.Resource>>' }, /is not a regular expression/],
  ])('%j is refused', (resources, message) => {
    expect(() => labelsOf(resources)).toThrow(message);
  });
});
